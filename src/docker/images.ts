import { HalabError } from '../errors/halab-error.js';
import { packFiles } from './archive.js';
import type { Connection } from './connection.js';
import type { Engine } from './engine.js';
import { statusOf } from './engine-errors.js';
import { labelFilter } from './label-filter.js';

type ImageCalls = Pick<
  Engine,
  'imageExists' | 'buildImage' | 'pullImage' | 'importImage' | 'listImages' | 'removeImage'
>;

/** One record of a build, pull or import. A failure is such a record too, behind a status of 200. */
interface ProgressRecord {
  stream?: string;
  status?: string;
  error?: string;
  errorDetail?: { message?: string };
}

/** Reads every record; calls back for each line of output. @throws the first error among the records */
async function readRecords(
  connection: Connection,
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): Promise<void> {
  let failure: string | undefined;
  await new Promise<void>((resolve, reject) => {
    connection.docker.modem.followProgress(
      stream,
      (error) => {
        if (error === null) resolve();
        else if (failure === undefined) reject(error);
        else resolve();
      },
      (record: ProgressRecord) => {
        failure ??= record.errorDetail?.message ?? record.error;
        const text = record.stream ?? record.status ?? '';
        for (const line of text.split('\n')) if (line.trim() !== '') onLine(line.trimEnd());
      },
    );
  });
  if (failure !== undefined) throw new Error(failure);
}

export const imageCalls = (connection: Connection): ImageCalls => {
  const { docker, call, endpoint } = connection;
  return {
    imageExists: async (reference) => {
      try {
        await docker.getImage(reference).inspect();
        return true;
      } catch (error) {
        return statusOf(error) === 404 ? false : await call(Promise.reject(error as Error));
      }
    },
    buildImage: async ({ tag, labels, dockerfile, context }, onLine) => {
      const lastLines: string[] = [];
      const archive = await packFiles(context);
      try {
        const stream = await call(
          docker.buildImage(archive as never, {
            t: tag,
            dockerfile,
            labels: labels,
            rm: true,
            forcerm: true,
          }),
        );
        await readRecords(connection, stream, (line) => {
          lastLines.push(line);
          if (lastLines.length > 20) lastLines.shift();
          onLine(line);
        });
      } catch (error) {
        if (error instanceof HalabError) throw error;
        throw new HalabError(
          'IMAGE_BUILD_FAILED',
          `The image ${tag} could not be built: ${(error as Error).message}`,
          {
            lines: lastLines,
            cause: error,
          },
        );
      }
    },
    pullImage: async (reference) => {
      try {
        await readRecords(connection, await docker.pull(reference), () => undefined);
      } catch (error) {
        throw new HalabError(
          'ENGINE_FAILED',
          `${reference} could not be pulled by ${endpoint.url}: ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      }
    },
    importImage: async (reference, archive) => {
      const [repo, tag] = reference.split(':');
      const stream = await call(docker.importImage(archive, { repo, tag }));
      await readRecords(connection, stream, () => undefined);
    },
    listImages: async (labels) => {
      const images = await call(docker.listImages({ filters: labelFilter(labels) }));
      return images.map(({ Id, RepoTags }) => ({ id: Id, tags: (RepoTags as string[] | null) ?? [] }));
    },
    removeImage: async (id) => {
      await call(docker.getImage(id).remove());
    },
  };
};
