import { INDICATORS } from '#domain/indicator/registry.ts';
import type { ConditionNode, NumberNode } from './expression.ts';

/** Longest fading memory (bars) of any indicator under a node. */
export function memoryOf(node: NumberNode | ConditionNode): number {
  switch (node.kind) {
    case 'constant':
    case 'field':
    case 'position':
      return 0;
    case 'indicator':
      return (INDICATORS[node.name]!.memory?.(node.args) ?? 0) + (node.input ? memoryOf(node.input) : 0);
    case 'shift':
    case 'not':
    case 'for':
    case 'within':
    case 'trend':
      return memoryOf(node.of);
    case 'arithmetic':
    case 'compare':
    case 'cross':
      return Math.max(memoryOf(node.left), memoryOf(node.right));
    case 'all':
    case 'any':
      return Math.max(...node.of.map(memoryOf));
  }
}
