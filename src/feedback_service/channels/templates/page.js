// Four comforts, none needed: a page taken out of the back/forward cache forgets what was typed, a page that
// answers a form is made one that was only read, as browsers write what was sent into the files of their
// history, the quick exit leaves no way back to this page, and the code of a scanned card travels to the form by
// itself: it stands in the address's fragment, which no server gets, and is taken out of the address there.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) form.reset();
});
document.getElementById("exit").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(event.currentTarget.href);
});
const scanned = /^#c=([\w-]{1,40})$/.exec(location.hash);
const field = document.querySelector("input[name=code]");
history.replaceState(null, "", location.pathname + (field ? "" : location.hash));
if (scanned && field) {
  field.value = field.value || scanned[1];
} else if (scanned) {
  for (const link of document.links) if (link.origin === location.origin) link.hash = scanned[0];
}
