import { type PreviewRequest, previewEngine } from './preview-engine.ts';

/** Entry of the Web Worker: the engine away from the page's thread, so that typing never waits for a run. */
const answer = previewEngine();

addEventListener('message', async ({ data }: MessageEvent<PreviewRequest>) => {
  const said = await answer(data);
  if (said) postMessage(said);
});
