import { expect, it } from "vitest";
import { platformOf } from "./platform.ts";

const tail = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
    0,
    "chrome",
    "other",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36",
    5,
    "chrome",
    "android",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0",
    0,
    "firefox",
    "windows",
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${tail} Version/19.0 Safari/605.1.15`,
    0,
    "safari",
    "mac",
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${tail} Version/19.0 Safari/605.1.15`,
    5,
    "safari",
    "ios",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${tail} CriOS/150.0 Mobile/15E148 Safari/604.1`,
    5,
    "other",
    "ios",
  ],
] as const)("%s with %i touch points is %s on %s", (userAgent, touchPoints, browser, system) => {
  expect(platformOf(userAgent, touchPoints)).toEqual({ browser, system });
});
