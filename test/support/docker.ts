import { execa } from 'execa';

/** Runs the docker command, as a user who looks behind halab's back, and returns what it prints. */
export const docker = async (...words: string[]): Promise<string> => (await execa('docker', words)).stdout;
