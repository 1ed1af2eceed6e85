/** The browsers and systems whose way to permissions differs enough for a sentence of their own. */
export interface Platform {
  readonly browser: "chrome" | "firefox" | "safari" | "other";
  readonly system: "android" | "ios" | "mac" | "windows" | "other";
}

/** Guesses from the user agent; used for nothing but the choice of a sentence. */
export function platformOf(userAgent: string, touchPoints = 0): Platform {
  const system = systemOf(userAgent, touchPoints);
  return { system, browser: browserOf(userAgent, system) };
}

function systemOf(userAgent: string, touchPoints: number): Platform["system"] {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  if (/Android/.test(userAgent)) return "android";
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? "ios" : "mac";
  return /Windows/.test(userAgent) ? "windows" : "other";
}

function browserOf(userAgent: string, system: Platform["system"]): Platform["browser"] {
  if (system === "ios") return /CriOS|FxiOS|EdgiOS/.test(userAgent) ? "other" : "safari";
  if (/Firefox\//.test(userAgent)) return "firefox";
  if (/Chrom(e|ium)\//.test(userAgent)) return "chrome";
  return /Safari\//.test(userAgent) ? "safari" : "other";
}
