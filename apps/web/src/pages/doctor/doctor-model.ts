import type { DeviceFault } from "@tincan/client/devices";
import {
  CHECKS,
  type CheckId,
  type CheckResult,
  type Examination,
  examine,
  type GatheringEvent,
  reachVerdict,
  redactedReport,
  type Verdict,
  wordsOf,
} from "@tincan/client/doctor";
import { type Accessor, createMemo, createSignal, onCleanup } from "solid-js";
import { currentLanguage, t } from "../../i18n/translate.ts";
import { cureOf } from "../../media/fault-text.ts";
import { platformOf } from "../../media/platform.ts";
import { announce } from "../../parts/announcer.tsx";

/** What the page shows of one examination. */
export interface DoctorModel {
  readonly phase: Accessor<"idle" | "running" | "done">;
  readonly results: Accessor<readonly CheckResult[]>;
  readonly testing: Accessor<readonly CheckId[]>;
  /** 0 to 1. */
  readonly progress: Accessor<number>;
  readonly matrix: Accessor<Examination["matrix"]>;
  readonly gathering: Accessor<readonly GatheringEvent[]>;
  /** There as soon as anything was tested. */
  readonly verdict: Accessor<Verdict | undefined>;
  start(): Promise<void>;
  /** Adds what was found about a device, in the place of what was found before. */
  add(result: CheckResult): void;
  report(): string;
}

/** How many checks a run has; devices are tested by themselves. */
const RUN_LENGTH = 21;

const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);

export function createDoctor(): DoctorModel {
  const [phase, setPhase] = createSignal<"idle" | "running" | "done">("idle");
  const [results, setResults] = createSignal<readonly CheckResult[]>([]);
  const [testing, setTesting] = createSignal<readonly CheckId[]>([]);
  const [matrix, setMatrix] = createSignal<Examination["matrix"]>([]);
  const [gathering, setGathering] = createSignal<readonly GatheringEvent[]>([]);
  const verdict = createMemo(() =>
    results().length === 0 ? undefined : reachVerdict(results().map(withCure)),
  );
  const left = new AbortController();
  onCleanup(() => left.abort());

  const add = (result: CheckResult): void => {
    setResults((before) =>
      [...before.filter(({ id }) => id !== result.id), result].sort(
        (a, b) => CHECKS.indexOf(a.id) - CHECKS.indexOf(b.id),
      ),
    );
  };
  const isDevice = ({ id }: CheckResult): boolean => DEVICES.includes(id);

  return {
    phase,
    results,
    testing,
    progress: () => Math.min(1, results().filter((one) => !isDevice(one)).length / RUN_LENGTH),
    matrix,
    gathering,
    verdict,
    add,
    async start() {
      if (phase() === "running") return;
      setPhase("running");
      setResults((before) => before.filter(isDevice));
      setMatrix([]);
      setGathering([]);
      try {
        const { matrix: found } = await examine({
          signal: left.signal,
          onResult: add,
          onStep: (checks) => {
            setTesting(checks);
            announce(t("doctor.running", { checks: namesOf(checks) }));
          },
          onGathering: (event) => setGathering((before) => [...before, event]),
        });
        setMatrix(found);
        setPhase("done");
        announce(t(`doctor.found.${verdict()?.status ?? "good"}`));
      } catch (error) {
        // Whoever left the page hears nothing of it.
        if (!left.signal.aborted) throw error;
      }
    },
    report: () =>
      redactedReport(
        {
          url: new URL(location.origin),
          results: results().map(withCure),
          verdict: verdict() ?? reachVerdict([]),
        },
        `tincan /doctor, ${navigator.userAgent}`,
        wordsOf(currentLanguage()),
      ),
  };
}

/** The checks that ask for a permission, or for an ear. */
export const DEVICES: readonly CheckId[] = ["camera", "microphone", "speaker"];

/** The names of checks, for people. */
export function namesOf(checks: readonly CheckId[]): string {
  const { checks: names } = wordsOf(currentLanguage());
  return checks.map((id) => names[id]).join(currentLanguage() === "zh" ? "、" : ", ");
}

/** Where a permission is given is another place in each browser. */
function withCure(result: CheckResult): CheckResult {
  const { verdict, facts } = result;
  if (verdict === undefined || !DEVICES.includes(result.id)) return result;
  const cure = t(cureOf(facts.reason as DeviceFault, platform), { device: "", cure: "" });
  return { ...result, verdict: { ...verdict, about: { ...verdict.about, cure } } };
}
