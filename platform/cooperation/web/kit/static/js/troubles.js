/* The places at the questions of a form (data-trouble) that say what was left out, and what is
   saved and does not count yet. What was left out is explained by the server's own page. */

export const codeOf = (name) => name.split(".")[0];
export const questionIn = (root, code) => root.querySelector(`[data-question="${CSS.escape(code)}"]`);

export function troublesOf(form) {
  const boxAt = (code) => questionIn(form, code)?.querySelector("[data-trouble]");

  /* What the page said of these questions is no longer so. */
  const clear = (codes) => {
    for (const code of codes) {
      const question = questionIn(form, code);
      question?.querySelector("[data-trouble]")?.replaceChildren();
      for (const error of question?.querySelectorAll("p.error") || []) {
        error.replaceChildren();
        error.hidden = true;
      }
      for (const control of question?.querySelectorAll("[aria-invalid]") || []) control.removeAttribute("aria-invalid");
      question?.classList.remove("bad");
    }
  };

  const put = (found, codes) => {
    for (const code of codes) {
      const [here, there] = [questionIn(form, code), questionIn(found, code)];
      if (!here || !there) continue;
      const told = [...(there.querySelector("[data-trouble]")?.childNodes || [])];
      const errors = [...there.querySelectorAll("p.error")].filter((each) => !told.some((box) => box.contains(each)));
      for (const each of errors) each.removeAttribute("id");
      here.querySelector("[data-trouble]").replaceChildren(...[...told, ...errors].map((each) => document.importNode(each, true)));
      here.hidden = false;
    }
  };

  /* Say [name, sentence] at each question that is asked; return the first question's code. */
  const tell = (problems) => {
    const asked = problems.filter(([name]) => questionIn(form, codeOf(name))?.hidden === false);
    for (const [name, sentence] of asked) {
      const told = document.createElement("p");
      told.className = "error";
      told.textContent = sentence;
      boxAt(codeOf(name))?.append(told);
    }
    return asked.length ? codeOf(asked[0][0]) : "";
  };

  const show = (code) => {
    const box = boxAt(code);
    if (!box) return;
    box.tabIndex = -1;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
  };

  const isTold = (codes) => codes.every((code) => boxAt(code)?.childElementCount);

  return { clear, put, tell, show, isTold };
}
