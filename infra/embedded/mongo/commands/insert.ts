import { LARGEST_DOCUMENT, tooLarge } from '../store/document-store.js';
import { checkId, withId } from '../write/upsert.js';
import { type CommandHandler } from './command.js';
import { collectionForWriting, namespaceOfCommand } from './namespaces.js';
import { checkValidator, runStatements, runWrite, statementsOf, withErrors } from './write-command.js';

export const insert: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('documents', 'ordered', 'bypassDocumentValidation');
  const statements = statementsOf(command, 'documents');
  const ordered = args.boolean('ordered', true);
  const bypass = args.boolean('bypassDocumentValidation');
  namespaceOfCommand(command);
  return runWrite(command, engine, () => {
    const collection = collectionForWriting(engine, command);
    let n = 0;
    const errors = runStatements(statements, ordered, (statement) => {
      const document = withId(statement.slice());
      if (document.length > LARGEST_DOCUMENT) throw tooLarge(document.length);
      checkId(document);
      checkValidator(collection, document, bypass);
      engine.documents.insert(collection, document);
      n += 1;
    });
    return withErrors({ n }, errors);
  });
};
