/* Words in a form: which are typed and not saved yet, and how they travel with the tab.

   Forms ask browsers not to put old values back (autocomplete="off"), since they would put them
   beside a newer hidden version. What is not saved yet travels in the tab's own history instead,
   always together with the hidden fields that say what it began from (data-began): over Back, a
   reload, a restored or duplicated tab. The server then judges both. */

const NOT_TYPED = new Set(["hidden", "submit", "button", "reset", "image", "file", "password"]);
const SECRET = /password|passphrase|secret|credential|(^|_)code$/;
const STORE_AFTER = 250;
const STORE_AGAIN_AFTER = 10000;
let isForgotten = false;

function isTyped(control) {
  return /^(input|select|textarea)$/.test(control.localName) && Boolean(control.name)
    && !NOT_TYPED.has(control.type);
}

/* What stands in the form: [values] as JSON by name. A name without a chosen value is "[]". */
export function pairsOf(form) {
  const values = new Map();
  for (const control of form.elements) {
    if (!isTyped(control)) continue;
    const found = values.get(control.name) || [];
    if (!/^(radio|checkbox)$/.test(control.type) || control.checked) found.push(control.value);
    values.set(control.name, found);
  }
  return new Map([...values].map(([name, found]) => [name, JSON.stringify(found)]));
}

export function differing(now, before) {
  return [...new Set([...now.keys(), ...before.keys()])].filter(
    (name) => (now.get(name) || "[]") !== (before.get(name) || "[]"),
  );
}

const began = (form) => Object.fromEntries(
  [...form.querySelectorAll("[data-began]")].map((field) => [field.name, field.value]),
);

/* The tail of a form's key is the same for all forms of one person: nobody gets another's words. */
const readerOf = (form) => (form.elements.namedItem("_key")?.value || "").split(".")[1] || "";

function setControls(controls, values) {
  const left = [...values];
  for (const control of controls) {
    if (/^(radio|checkbox)$/.test(control.type)) control.checked = values.includes(control.value);
    else control.value = left.shift() ?? "";
  }
}

function fill(form, name, values) {
  const named = () => [...form.elements].filter((each) => each.name === name && isTyped(each));
  const add = form.querySelector(`[data-rows="${CSS.escape(name.split(".")[0])}"] [data-rows-add]`);
  for (let tries = 0; add && !named().length && tries < 100; tries += 1) add.click();
  setControls(named(), values);
}

/* Let the form's unsaved words travel. `unsaved` names the fields that differ from what is saved.
   `store` keeps them now, `changed` soon, `restore` puts them back after a return to the page. */
export function travel(form, unsaved) {
  const place = `${form.getAttribute("action")}`;
  let timer = 0;

  /* Browsers bound how often and how much is kept so; a refusal must not stop what is being saved. */
  const keep = (words) => {
    try {
      history.replaceState({ ...history.state, words }, "");
    } catch {
      timer = window.setTimeout(store, STORE_AGAIN_AFTER);
    }
  };

  const store = (sent = false) => {
    window.clearTimeout(timer);
    if (isForgotten) return;
    const now = pairsOf(form);
    const names = unsaved();
    const words = { ...history.state?.words };
    if (!names.length && !(place in words)) return;
    delete words[place];
    if (names.length) {
      const typed = names.map((name) => [name, JSON.parse(now.get(name) || "[]")]);
      words[place] = { reader: readerOf(form), began: began(form), typed, sent };
    }
    keep(words);
  };

  const restore = () => {
    const { [place]: kept, ...others } = history.state?.words || {};
    if (!kept) return false;
    if (kept.reader !== readerOf(form)) {
      keep(others);
      return false;
    }
    const isSame = JSON.stringify(kept.began) === JSON.stringify(began(form));
    if (kept.sent && !(isSame && Object.keys(kept.began).length)) return false;
    for (const [name, values] of kept.typed) fill(form, name, values);
    for (const field of form.querySelectorAll("[data-began]")) {
      if (field.name in kept.began) field.value = kept.began[field.name];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  return {
    restore,
    changed: () => {
      isForgotten = false;
      window.clearTimeout(timer);
      timer = window.setTimeout(store, STORE_AFTER);
    },
    store,
  };
}

/* At sign-out the words of this page leave the tab's history, until somebody types on. */
export function forgetWords() {
  isForgotten = true;
  history.replaceState({ ...history.state, words: {} }, "");
}

/* A form without autosave in which texts are written or something was begun from: its words travel
   until it is sent. Sign-in, codes and searches are not of this kind. */
export function travelUntilSent(form) {
  const holdsSecret = [...form.elements].some((each) => each.type === "password" || SECRET.test(each.name));
  if (holdsSecret || !form.querySelector("textarea, [data-began]")) return;
  const before = pairsOf(form);
  const words = travel(form, () => differing(pairsOf(form), before));
  form.addEventListener("input", words.changed);
  form.addEventListener("change", words.changed);
  let sent = false;
  form.addEventListener("submit", (event) => { sent = !event.defaultPrevented; });
  window.addEventListener("beforeunload", () => words.store(sent));
  words.restore();
}
