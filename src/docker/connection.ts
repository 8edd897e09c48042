import Docker from 'dockerode';
import { HalabError } from '../errors/halab-error.js';
import { candidateEndpoints, withPublishAddress } from './endpoint.js';
import type { EngineEndpoint } from './engine.js';
import { engineError } from './engine-errors.js';

/** A dockerode client together with the endpoint that its errors name. */
export interface Connection {
  docker: Docker;
  endpoint: EngineEndpoint;
  /** Waits for an answer of dockerode and turns its errors into ours. */
  readonly call: <T>(answer: Promise<T>) => Promise<T>;
}

function clientFor(endpoint: EngineEndpoint): Docker {
  if (endpoint.url.startsWith('unix://'))
    return new Docker({ socketPath: endpoint.url.slice('unix://'.length) });
  // dockerode reads DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH as the docker command does.
  if (endpoint.url === process.env['DOCKER_HOST']) return new Docker();
  const { protocol, hostname, port } = new URL(endpoint.url);
  return new Docker({
    host: hostname,
    port: port === '' ? 2375 : Number(port),
    protocol: protocol === 'ssh:' ? 'ssh' : 'http',
  });
}

function connectionTo(endpoint: EngineEndpoint): Connection {
  let docker: Docker;
  try {
    docker = clientFor(endpoint);
  } catch (error) {
    throw new HalabError(
      'ENGINE_UNREACHABLE',
      `${endpoint.url}, which ${endpoint.foundBy} names, is no address of an engine.`,
      {
        hint: 'DOCKER_HOST has the form unix:///path/to/socket or tcp://host:port.',
        cause: error,
      },
    );
  }
  return {
    docker,
    endpoint,
    call: async (answer) => {
      try {
        return await answer;
      } catch (error) {
        throw engineError(error, endpoint);
      }
    },
  };
}

/**
 * Connects to the first engine that answers.
 *
 * @throws ENGINE_UNREACHABLE, naming every address that was tried
 */
export async function connect(env: NodeJS.ProcessEnv): Promise<Connection> {
  const failures: unknown[] = [];
  for (const endpoint of candidateEndpoints(env)) {
    const connection = connectionTo(endpoint);
    try {
      await connection.call(connection.docker.ping());
      return { ...connection, endpoint: await withPublishAddress(endpoint) };
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  throw new HalabError(
    'ENGINE_UNREACHABLE',
    failures.length === 0
      ? 'No Docker Engine was found: DOCKER_HOST is not set, and none of the usual sockets exists.'
      : `No Docker Engine answers: ${failures.map((failure) => (failure as Error).message).join(' ')}`,
    { hint: 'Start the engine, or point DOCKER_HOST at one; on Debian and Ubuntu bin/setup installs one.' },
  );
}
