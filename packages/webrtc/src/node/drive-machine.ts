import type { Machine } from "../wire/index.ts";
import { now } from "./clock.ts";

/** What a machine's outputs become. */
export interface Handlers<Packet, Event> {
  readonly send: (packet: Packet) => void;
  readonly on: (event: Event) => void;
}

/** A machine that runs on the real clock. */
export interface DrivenMachine<Packet> {
  receive(packet: Packet): void;
  /** Drains the machine and sets its timer anew; to be called after everything else done to it. */
  drain(): void;
  /** No timer fires and nothing is handed out after this. */
  stop(): void;
}

/** Keeps a machine going on real time: drains it, and wakes it at its deadline. */
export function driveMachine<Packet, Event>(
  machine: Machine<Packet, Event>,
  handlers: Handlers<Packet, Event>,
): DrivenMachine<Packet> {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const drain = (): void => {
    while (!isStopped) {
      const output = machine.poll();
      if (output === undefined) break;
      if (output.type === "packet") handlers.send(output.packet);
      else handlers.on(output.event);
    }
    clearTimeout(timer);
    if (isStopped || machine.deadline === undefined) return;
    timer = setTimeout(
      () => {
        machine.handleTimeout(now());
        drain();
      },
      // Rounded up: a timer that fires early would find nothing due and be set again.
      Math.min(Math.max(0, Math.ceil(machine.deadline - now())), longestTimerMs),
    );
  };

  drain();
  return {
    receive(packet) {
      if (isStopped) return;
      machine.receive(packet, now());
      drain();
    },
    drain,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** setTimeout overflows beyond 31 bits and fires at once. */
const longestTimerMs = 0x7fff_ffff;
