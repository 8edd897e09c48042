import type { RegisterHistory } from './register-history.js';
import type { Registers } from './registers.js';

/** What the clients of the registers share. */
export interface RegisterAccess {
  registers: Registers;
  /** The product of each register. */
  ids: readonly number[];
  history: RegisterHistory;
}

/** A read that is about to be sent. */
export interface Asked {
  path: string;
  /**
   * Told how the read ended, with its body when it was good. Returns how old the value is proved to be, in milliseconds; null when it
   * is not proved stale.
   */
  readonly ended: (body: string | undefined, atMs: number) => number | null;
}

/** To be called before the read is sent: what it must see at least is what was acknowledged by now. */
export function askForRegister(
  { registers, ids, history }: RegisterAccess,
  { clientId, register, beganAtMs }: { clientId: string; register: number; beganAtMs: number },
): Asked {
  const floor = registers.floor(register);
  history.read(clientId, register, beganAtMs);
  return {
    path: `/products/${ids[register] ?? 0}`,
    ended: (body, atMs) => {
      const value = body === undefined ? undefined : registerValueOf(body);
      history.readEnded(clientId, value, atMs);
      if (value === undefined) return null;
      const judged = registers.judge(register, value, { floor, beganAtMs });
      return judged.stale ? judged.ageMs : null;
    },
  };
}

/** The number of a register, which its row keeps as `stock`. */
function registerValueOf(body: string): number | undefined {
  const [, digits] = /"stock"\s*:\s*(\d+)/.exec(body) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
