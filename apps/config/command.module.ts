import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Commands, commandHandlers } from '../../infra/engine/commands/commands.js';
import { deciders } from './contexts.js';
import type { Platform } from './platform.js';

/** The command bus with a handler for every command: what the API and the worker send through. */
@Module({})
export class CommandModule {
  static of({ execution, traces }: Platform): DynamicModule {
    return {
      module: CommandModule,
      imports: [CqrsModule],
      providers: [
        ...commandHandlers(deciders, execution),
        {
          provide: Commands,
          useFactory: (bus: CommandBus) => new Commands(bus, traces),
          inject: [CommandBus],
        },
      ],
      exports: [Commands],
    };
  }
}

export interface CommandSender {
  readonly commands: Commands;
  close(): Promise<void>;
}

/** The command bus alone, for a process without an API. */
export async function startCommands(platform: Platform): Promise<CommandSender> {
  const context = await NestFactory.createApplicationContext(CommandModule.of(platform), {
    logger: false,
    abortOnError: false,
  });
  return { commands: context.get(Commands), close: () => context.close() };
}
