import type { IncomingMessage } from 'node:http';
import { packFiles, unpackFirstFile } from './archive.js';
import type { Connection } from './connection.js';
import type { Engine } from './engine.js';
import { statusOf } from './engine-errors.js';

type FileCalls = Pick<Engine, 'putFiles' | 'readFile' | 'fileExists' | 'fileBytes'>;

/** What the engine says of a file in a header of its answer: name, size, mode and time of its last change. */
const statHeader = 'x-docker-container-path-stat';

const statOf = ({ headers }: IncomingMessage): string | undefined => {
  const header = headers[statHeader];
  return typeof header === 'string' ? Buffer.from(header, 'base64').toString() : undefined;
};

interface ReadFile {
  stat: string | undefined;
  text: string | undefined;
}

/**
 * What was read, by container and path; ids are unique among all engines. For each file that it reads the engine starts
 * a program, which takes 50 ms of a processor; to say whether a file has changed takes it 2 ms and none.
 */
const filesRead = new Map<string, ReadFile>();

export const fileCalls = ({ docker, call }: Pick<Connection, 'docker' | 'call'>): FileCalls => {
  /** What a question about a file is answered with; undefined when there is no such file. */
  const found = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer;
    } catch (error) {
      return statusOf(error) === 404 ? undefined : await call(Promise.reject(error as Error));
    }
  };
  const stat = async (id: string, path: string): Promise<string | undefined> => {
    const answer = (await found(docker.getContainer(id).infoArchive({ path }))) as
      | IncomingMessage
      | undefined;
    // An answer that nobody reads, though it is empty, keeps its connection open and the process alive.
    answer?.resume();
    return answer === undefined ? undefined : statOf(answer);
  };
  const read = async (id: string, path: string): Promise<ReadFile | undefined> => {
    const answer = (await found(docker.getContainer(id).getArchive({ path }))) as IncomingMessage | undefined;
    return answer === undefined ? undefined : { stat: statOf(answer), text: await unpackFirstFile(answer) };
  };
  return {
    putFiles: async (id, files) => {
      await call(docker.getContainer(id).putArchive(await packFiles(files), { path: '/' }));
    },
    readFile: async (id, path) => {
      const key = `${id}:${path}`;
      const known = filesRead.get(key);
      if (known?.stat !== undefined && (await stat(id, path)) === known.stat) return known.text;
      const file = await read(id, path);
      if (file === undefined) filesRead.delete(key);
      else filesRead.set(key, file);
      return file?.text;
    },
    fileExists: async (id, path) => (await stat(id, path)) !== undefined,
    fileBytes: async (id, path) => {
      const text = await stat(id, path);
      return text === undefined ? undefined : (JSON.parse(text) as { size: number }).size;
    },
  };
};
