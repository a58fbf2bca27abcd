(() => {
  const form = document.querySelector(".filter");
  if (!form) return;
  const mistakes = [...document.querySelectorAll(".mistake")];
  const fields = [...form.querySelectorAll("[data-filter]")];
  const fits = (mistake, { dataset, value }) => {
    const wanted = value.trim().toLowerCase();
    if (!wanted) return true;
    if (dataset.filter === "text") return mistake.textContent.toLowerCase().includes(wanted);
    const own = mistake.dataset[dataset.filter];
    return dataset.filter === "label" ? own.split(" ").includes(value) : own === value;
  };
  const update = () => {
    let shown = 0;
    for (const mistake of mistakes) {
      mistake.hidden = !fields.every((field) => fits(mistake, field));
      shown += !mistake.hidden;
    }
    for (const part of document.querySelectorAll(".cause")) part.hidden = !part.querySelector(".mistake:not([hidden])");
    form.querySelector("output").textContent = `${shown} of ${mistakes.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  update();
})();
