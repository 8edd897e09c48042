const signals = ['SIGINT', 'SIGTERM'] as const;
const removals = new Set<() => Promise<void>>();

function listen(): void {
  for (const signal of signals) process.on(signal, removeAll);
}

function release(): void {
  for (const signal of signals) process.off(signal, removeAll);
}

/** Removes every stack, then lets the signal do what it would have done. A second one does that at once. */
function removeAll(signal: NodeJS.Signals): void {
  release();
  void Promise.allSettled([...removals].map((remove) => remove())).then(() => {
    // Others that listen, as a test runner does, have had the signal already, and end the process when they want to.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}

/** Has SIGINT and SIGTERM run a removal before they end this process, until it is given back. */
export function removeOnSignal(remove: () => Promise<void>): Disposable {
  if (removals.size === 0) listen();
  removals.add(remove);
  return {
    [Symbol.dispose]: () => {
      removals.delete(remove);
      if (removals.size === 0) release();
    },
  };
}
