import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { AppError } from '#lib/errors.ts';
import { type Command, say } from './command.ts';

export const strategyTemplate: Command = {
  name: 'strategy template',
  usage: '[id]',
  summary: 'Prints a template as a strategy document (JSON); without an id, lists the templates.',
  options: {},
  async run([id]) {
    if (!id) {
      for (const template of TEMPLATES) say(`${template.id}  ${template.ko.name} / ${template.en.name}`);
      return 0;
    }
    const template = TEMPLATES.find((candidate) => candidate.id === id);
    if (!template)
      throw new AppError('not_found', `there is no template '${id}'; there are ${TEMPLATES.map((candidate) => candidate.id).join(', ')}`);
    say(JSON.stringify(template.document, null, 2));
    return 0;
  },
};
