import { expect, it } from "vitest";
import { World } from "../testing/index.ts";
import { negotiate, seconds, TestPeer } from "./test-rig.ts";

/**
 * Restarts, sessions that are handed over, sections that are switched off and on, in any order and before the one
 * before has come to anything: who talked last can talk.
 */
class Story {
  readonly world: World;
  readonly caller: TestPeer;
  readonly steps: string[] = [];
  #other: TestPeer;
  #hosts = 0;

  constructor(seed: number) {
    this.world = new World(seed);
    this.caller = this.#peer();
    this.#other = this.#peer();
    this.caller.open("first");
  }

  get other(): TestPeer {
    return this.#other;
  }

  step(): void {
    const { random } = this.world;
    const [from, to] = random.chance(0.5) ? [this.caller, this.#other] : [this.#other, this.caller];
    const delayMs = random.between(1, 20);
    const kind = random.pick(["anew", "restart", "off", "handed over", "another channel"] as const);
    switch (kind) {
      case "anew":
        negotiate(this.world, from, to, { delayMs });
        break;
      case "restart":
        negotiate(this.world, from, to, { delayMs, iceRestart: true });
        break;
      case "off":
        negotiate(this.world, from, to, { delayMs, change: switchedOff });
        break;
      case "handed over":
        this.#other = this.#peer();
        negotiate(this.world, this.caller, this.#other, { delayMs, iceRestart: true });
        break;
      case "another channel":
        from.open("another");
        negotiate(this.world, from, to, { delayMs });
    }
    const waitMs = random.pick([45, 80, 300, 3000]);
    this.steps.push(`${kind}, ${waitMs} ms`);
    this.world.run(waitMs);
  }

  /** Whether a new channel between those who are left carries something both ways. */
  ends(): boolean {
    const [caller, other] = [this.caller, this.#other];
    const channel = caller.open("last");
    negotiate(this.world, caller, other);
    const heard = (one: TestPeer): boolean => one.texts.includes("last words");
    let hasSpoken = false;
    return this.world.runUntil(this.world.now + 20 * seconds, () => {
      const theirs = other.channels.find(({ label }) => label === "last");
      if (!hasSpoken && theirs?.state === "open" && channel.state === "open") {
        hasSpoken = true;
        caller.send("last words", channel);
        other.send("last words", theirs);
      }
      return heard(caller) && heard(other);
    });
  }

  #peer(): TestPeer {
    this.#hosts += 1;
    return new TestPeer(this.world, this.world.host([`203.0.113.${this.#hosts}`], { delayMs: 10 }));
  }
}

function switchedOff(sdp: string): string {
  return sdp.replace(/m=application \d+ /, "m=application 0 ");
}

it("a hundred and fifty stories of a session end well", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const story = new Story(seed);
    for (let left = story.world.random.between(1, 8); left > 0; left -= 1) story.step();
    expect(story.ends(), `seed ${seed}: ${story.steps.join("; ")}`).toBe(true);
    for (const one of [story.caller, story.other]) one.run((peer, now) => peer.close(now));
  }
});
