import type { Session } from './session.js';

/** Asks at a terminal; where nobody can answer, the answer is no. */
export async function askToDiscard(
  { io, json, signal, releaseTerminal }: Session,
  question: string,
): Promise<boolean> {
  if (json || !io.stdin.isTTY || !io.stdout.isTTY) return false;
  await releaseTerminal();
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ input: io.stdin, output: io.stdout, signal });
  const { answer } = await prompt<{ answer: boolean }>([
    { type: 'confirm', name: 'answer', message: question, default: false },
  ]);
  return answer;
}
