import { type Browser, launch } from "puppeteer-core";

export interface FirefoxOptions {
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  /** What its environment has besides this one's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts Debian's Firefox. */
export function launchFirefox({ preferences, env }: FirefoxOptions = {}): Promise<Browser> {
  return launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    env: { ...process.env, ...env },
    extraPrefsFirefox: {
      // Calls connect on a machine without any network, too, and by addresses.
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      ...preferences,
    },
  });
}
