import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerImages: Register = (program, run) => {
  program.addCommand(
    command('images', 'build the images that are missing')
      .option('--base-only', 'make sure of the engine and the base image, and build nothing')
      .option('--remove', 'remove every image that halab built; the base image stays')
      .addHelpText(
        'after',
        examples(
          ['halab images', 'prepare everything that the first halab up needs'],
          ['halab images --base-only', 'which engine was found, and its base image'],
          ['halab images --remove', 'give the disk space back'],
        ),
      )
      .action((options, self) => {
        if (options.baseOnly === true && options.remove === true)
          self.error('error: --base-only and --remove exclude each other');
        return run(options, async (session) => {
          const operation = await operationOf(session);
          const { engine } = operation;
          const { renderImages, renderImagesRemoved } = await import('../ui/render-images.js');
          const [{ ensureImages, removeImages }, { baseImage, ensureBaseImage }] = await Promise.all([
            import('../stack/images.js'),
            import('../stack/base-image.js'),
          ]);
          if (options.remove === true) {
            const removed = await removeImages(engine);
            return { data: { removed }, text: (style) => renderImagesRemoved(removed, style) };
          }
          await ensureBaseImage(engine, operation);
          const images = options.baseOnly === true ? [] : await ensureImages(engine, operation);
          const { version } = await engine.describe();
          const { url, foundBy } = engine.endpoint;
          const data = { engine: { url, foundBy, version }, baseImage, images };
          return { data, text: (style) => renderImages(data, style) };
        });
      }),
  );
};
