/* How somebody likes to read; kept on the machine because it says nothing about what was asked. */

const PREFERENCES_KEY = "motcua.preferences";

const preferences = {
  language: "vi",
  size: 1,
  contrast: false,
  aloud: false,
  microphoneAllowed: false,
};

function readPreferences(defaults) {
  Object.assign(preferences, defaults);
  try {
    Object.assign(preferences, JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? "{}"));
  } catch {
    return;
  }
}

function changePreference(name, value) {
  preferences[name] = value;
  try {
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify(preferences));
  } catch {
    return;
  }
}
