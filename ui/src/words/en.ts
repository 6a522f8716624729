import app from "./en/app.json";
import audit from "./en/audit.json";
import chart from "./en/chart.json";
import conflict from "./en/conflict.json";
import device from "./en/device.json";
import document from "./en/document.json";
import dosage from "./en/dosage.json";
import element from "./en/element.json";
import failure from "./en/failure.json";
import lock from "./en/lock.json";
import mark from "./en/mark.json";
import result from "./en/result.json";
import shell from "./en/shell.json";
import signIn from "./en/sign-in.json";
import sync from "./en/sync.json";
import value from "./en/value.json";
import visit from "./en/visit.json";
import worklist from "./en/worklist.json";

/** Every message in English, one file for each area of the interface. */
export const en = {
  ...app,
  ...audit,
  ...chart,
  ...conflict,
  ...device,
  ...dosage,
  ...document,
  ...element,
  ...failure,
  ...lock,
  ...mark,
  ...result,
  ...shell,
  ...signIn,
  ...sync,
  ...value,
  ...visit,
  ...worklist,
};
