import { classifyStatementError } from './classify-error.js';
import { type Client, type Pace, takeTurns } from './pace.js';
import type { ReadEntry } from './read-entry.js';
import type { RegisterHistory } from './register-history.js';
import type { Registers } from './registers.js';
import { reconnecting, type SqlConnectionOptions, type Statement } from './sql-connection.js';

/** Clients of registers that are rows of `halab_measure_register`, by SQL. */
interface SqlRegisterOptions extends SqlConnectionOptions {
  clientId: string;
  pace: Pace;
  registers: Registers;
  history: RegisterHistory;
}

const update: Statement = {
  name: 'halab-measure-update',
  text: 'UPDATE halab_measure_register SET value = $2 WHERE id = $1',
};
const select: Statement = {
  name: 'halab-measure-read',
  text: 'SELECT value::text FROM halab_measure_register WHERE id = $1',
};

/** Updates one register. A turn without a connection sends nothing. */
export async function sqlRegisterWriter(
  options: SqlRegisterOptions & { register: number; readonly onUpdate: (acknowledged: boolean) => void },
): Promise<Client> {
  const { clientId, pace, registers, history, register, onUpdate } = options;
  const sql = await reconnecting(options, { nowMs: pace.clock.nowMs, onRefused: () => undefined });
  const turn = async (): Promise<void> => {
    const connection = await sql.use();
    if (connection === undefined) return;
    const value = registers.next(register);
    history.wrote(clientId, register, value, pace.clock.nowMs());
    try {
      await connection.run(update, [register, value]);
    } catch (error) {
      const { outcome, errorCode } = classifyStatementError(error, { sent: true });
      history.writeEnded(clientId, outcome, pace.clock.nowMs(), errorCode);
      onUpdate(false);
      connection.breakOff();
      return;
    }
    const atMs = pace.clock.nowMs();
    history.writeEnded(clientId, 'acknowledged', atMs);
    registers.acknowledged(register, value, atMs);
    onUpdate(true);
  };
  return async (firstMs) => {
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      await sql.close();
    }
  };
}

/** Reads the registers in turn; an attempt to connect that fails is a read that failed. */
export async function sqlRegisterReader(
  options: SqlRegisterOptions & { readonly onRead: (entry: ReadEntry) => void },
): Promise<Client> {
  const { clientId, pace, registers, history, cut, onRead } = options;
  const refused = (beganAtMs: number): void => {
    const completedAtMs = pace.clock.nowMs();
    onRead({ clientId, beganAtMs, completedAtMs, good: false, source: 'unknown', staleMs: null });
  };
  const sql = await reconnecting(options, {
    nowMs: pace.clock.nowMs,
    onRefused: (_error, beganMs) => {
      refused(beganMs);
    },
  });
  let next = -1;
  const turn = async (): Promise<void> => {
    const connection = await sql.use();
    if (connection === undefined) return;
    next = (next + 1) % registers.count;
    const register = next;
    const beganAtMs = pace.clock.nowMs();
    const floor = registers.floor(register);
    history.read(clientId, register, beganAtMs);
    const end = (value: number | undefined): void => {
      const completedAtMs = pace.clock.nowMs();
      history.readEnded(clientId, value, completedAtMs);
      const judged = value === undefined ? undefined : registers.judge(register, value, { floor, beganAtMs });
      const staleMs = judged?.stale === true ? judged.ageMs : null;
      const good = value !== undefined;
      if (good || !cut.aborted)
        onRead({ clientId, beganAtMs, completedAtMs, good, source: 'unknown', staleMs });
    };
    try {
      const [row] = await connection.run(select, [register]);
      // A replica may not have the row yet: that is the value from before the first update.
      end(Number(row?.[0] ?? 0));
    } catch {
      connection.breakOff();
      end(undefined);
    }
  };
  return async (firstMs) => {
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      await sql.close();
    }
  };
}
