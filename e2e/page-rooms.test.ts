import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { axeFindings, flows, People } from "./support/call-page.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

let server: RunningTincan;
let browser: Browser;
let people: People;
let amy: Page;
let bob: Page;
let room: string;

// One room for all: Amy opened it, so it is hers.
beforeAll(async () => {
  [server, browser] = await Promise.all([startTincan(["--room-size", "4"]), launchChromium()]);
  people = new People(browser);
  room = `${server.url}/r/hers`;
  amy = await people.join(room, "Amy");
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

describe("a locked room", () => {
  it("is knocked at, and its host lets in or does not", async () => {
    await openPeople(amy);
    await amy.getByRole("switch", { name: /Lock the room/ }).check();
    bob = await people.open();
    await bob.goto(`${room}?name=Bob`);
    await bob.getByRole("button", { name: "Join the call" }).click();
    await bob.getByText("This room is locked").waitFor();
    await bob.getByRole("button", { name: "Knock" }).click();
    await bob.getByText("You have knocked").waitFor();
    expect(await axeFindings(bob)).toEqual([]);
    const knock = amy.locator("[data-knock]", { hasText: "Bob wants to come in" });
    await knock.waitFor();
    expect(await axeFindings(amy)).toEqual([]);
    await knock.getByRole("button", { name: "Not now" }).click();
    await bob.getByText("Nobody let you in this time").waitFor();
    await bob.getByRole("button", { name: "Knock again" }).click();
    await knock.getByRole("button", { name: "Let in" }).click();
    await bob.locator(".call").waitFor();
    await knock.waitFor({ state: "detached" });
    await Promise.all([flows(amy), flows(bob)]);
  });

  it("forgets one who gives up waiting, and lets everybody in who waits when it is opened", async () => {
    const eve = await people.open();
    await eve.goto(`${room}?autojoin=1&name=Eve`);
    await eve.getByRole("button", { name: "Knock" }).click();
    const knock = amy.locator("[data-knock]", { hasText: "Eve wants to come in" });
    await knock.waitFor();
    await eve.getByRole("button", { name: "Do not wait any longer" }).click();
    await knock.waitFor({ state: "detached" });
    await eve.getByRole("button", { name: "Knock" }).click();
    await knock.waitFor();
    await amy.getByRole("switch", { name: /Lock the room/ }).uncheck();
    await eve.locator(".call").waitFor();
    await openPeople(eve);
    await eve.getByText("The room is open. No password.").waitFor();
    expect(await eve.getByRole("switch", { name: /Lock the room/ }).count()).toBe(0);
    await eve.getByRole("button", { name: "Hang up" }).click();
  });
});

describe("the host", () => {
  it("asks somebody to mute, who does with one press", async () => {
    await amy.getByRole("button", { name: "Ask Bob to mute" }).click();
    await bob.getByText("The host asks you to mute").waitFor();
    await bob.getByRole("button", { name: "Mute", exact: true }).click();
    await amy.getByRole("img", { name: "Muted", exact: true }).waitFor();
    expect(await bob.evaluate(() => window.tincan.call?.publications[0]?.isMuted("audio"))).toBe(
      true,
    );
  });

  it("removes somebody, after a question", async () => {
    await amy.getByRole("button", { name: "Remove Bob" }).click();
    await amy.getByRole("button", { name: "Let stay" }).click();
    await flows(bob);
    await amy.getByRole("button", { name: "Remove Bob" }).click();
    await amy.getByRole("button", { name: "Remove", exact: true }).click();
    await bob.getByText("You were removed from the room").waitFor();
    await amy.getByText("1 of 4 seats are taken").waitFor();
  });
});

describe("a password", () => {
  it("is asked of newcomers, and a wrong one is told", async () => {
    await amy.getByLabel("Password of the room").fill("sword fish");
    await amy.getByRole("button", { name: "Set" }).click();
    await amy.getByRole("button", { name: "Take away" }).waitFor();
    await bob.goto(`${room}?name=Bob`);
    await bob.getByRole("button", { name: "Join the call" }).click();
    await bob.getByText("This room has a password").waitFor();
    await bob.getByLabel("Password of the room").fill("catfish");
    await bob.getByRole("button", { name: "Join the call" }).click();
    await bob.getByText("This is not the password").waitFor();
    expect(await axeFindings(bob)).toEqual([]);
    await bob.getByLabel("Password of the room").fill("sword fish");
    await bob.getByRole("button", { name: "Join the call" }).click();
    await bob.locator(".call").waitFor();
    await Promise.all([flows(amy), flows(bob)]);
  });

  it("travels in the invitation's fragment where the host wants it, and never to the server", async () => {
    await amy.getByRole("toolbar").getByRole("button", { name: "Invite" }).click();
    const dialog = amy.getByRole("dialog");
    const link = await dialog.getByLabel("Link to this room").inputValue();
    expect(new URL(link).hash).toBe("#password=sword+fish");
    await dialog.getByRole("switch", { name: /The link opens the door/ }).uncheck();
    expect(await dialog.getByLabel("Link to this room").inputValue()).toBe(room);
    await amy.keyboard.press("Escape");

    const requests: string[] = [];
    const cleo = await people.open();
    cleo.on("request", (request) => requests.push(request.url() + (request.postData() ?? "")));
    cleo.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => requests.push(String(payload))),
    );
    await cleo.goto(link.replace("#", "?autojoin=1&name=Cleo#"));
    await cleo.locator(".call").waitFor();
    await flows(cleo);
    expect(requests.join("\n")).toContain("Cleo");
    expect(requests.join("\n")).not.toMatch(/sword.?fish/);
    // A reload comes back to the seat, and still knows.
    await cleo.reload();
    await cleo.locator(".call").waitFor();
    await flows(cleo);
    expect(new URL(cleo.url()).hash).toBe("#password=sword+fish");
  });

  it("is taken away again, and the room passes on when its host leaves", async () => {
    await amy.getByRole("button", { name: "Take away" }).click();
    await openPeople(bob);
    await bob.getByText("The room is open. No password.").waitFor();
    expect(new URL(amy.url()).hash).toBe("");
    await amy.getByRole("button", { name: "Hang up" }).click();
    await bob.getByText("You are the host now").waitFor();
    await bob.getByRole("switch", { name: /Lock the room/ }).waitFor();
  });
});

it("complained about nothing", () => {
  expect(people.complaints).toEqual([]);
});

async function openPeople(page: Page): Promise<void> {
  await page.getByRole("toolbar").getByRole("button", { name: "People" }).click();
  await page.locator(".panel").waitFor();
}
