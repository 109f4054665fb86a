import type { Provider } from '@nestjs/common';
import { CommandHandler, type CommandBus } from '@nestjs/cqrs';
import { platformFieldsOf } from '../../../domain/kernel/command.js';
import type { AnyDecider } from '../../../domain/kernel/decider.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { Traces } from '../../telemetry/traces.js';
import { contextOf } from './execution-context.js';
import type { Answer } from './aggregates.js';
import type { CommandExecution } from './command-execution.js';

/** Sends commands through @nestjs/cqrs's CommandBus, in the context that they are bound to. */
export class Commands {
  /** The newest position of each workspace that was written through here. */
  private readonly written = new Map<WorkspaceId, bigint>();

  constructor(
    private readonly bus: CommandBus,
    private readonly traces?: Traces,
  ) {}

  /** @throws what `CommandExecution.execute` throws */
  async execute(command: object): Promise<Answer> {
    const { workspace } = contextOf(command).context;
    const answer = await this.traced(command, () => this.bus.execute(command));
    if (answer.position !== undefined) {
      const position = BigInt(answer.position);
      if (position > (this.written.get(workspace) ?? -1n)) this.written.set(workspace, position);
    }
    return answer;
  }

  private traced(command: object, send: () => Promise<Answer>): Promise<Answer> {
    if (!this.traces) return send();
    const { context, requestId = '' } = contextOf(command);
    const { correlationId, commandId, causationId, workspace } = context;
    const name = command.constructor.name;
    const attributes = { 'axion.workspace': workspace, 'axion.actor': context.actor };
    return this.traces.span(
      { name, correlationId, id: commandId, causeId: causationId || requestId, attributes },
      send,
    );
  }

  /** What a query must show to whoever wrote through this process. */
  writtenIn(workspace: WorkspaceId): bigint | undefined {
    return this.written.get(workspace);
  }
}

/** One Nest command handler for each command of each decider: nobody writes them by hand. */
export function commandHandlers(deciders: readonly AnyDecider[], execution: CommandExecution): Provider[] {
  return deciders.flatMap((decider) =>
    Object.values(decider.commands).map((command) => {
      const { generated, filledIn } = platformFieldsOf(command);
      const platformFields = [...generated, ...filledIn];
      class GeneratedHandler {
        execute(asked: object): Promise<Answer> {
          return execution.execute(decider, asked, contextOf(asked), platformFields);
        }
      }
      CommandHandler(command)(GeneratedHandler);
      return { provide: GeneratedHandler, useFactory: () => new GeneratedHandler() };
    }),
  );
}
