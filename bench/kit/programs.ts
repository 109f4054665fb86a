import { compiled } from '../../apps/config/compiled.js';
import { ChildProgram } from './child-program.js';

/** A program of a benchmark, `bench/<folder>/<name>-program.ts`, in a process of its own. */
export function startProgramOf(folder: string, name: string): ChildProgram {
  return ChildProgram.start(compiled(`bench/${folder}/${name}-program.js`), profiling(name));
}

/** One program for one piece of work. */
export async function withProgramOf<Result>(
  folder: string,
  name: string,
  work: (program: ChildProgram) => Promise<Result>,
): Promise<Result> {
  const program = startProgramOf(folder, name);
  try {
    return await work(program);
  } finally {
    await program.stop();
  }
}

/** `BENCH_PROFILE=projector` leaves a processor profile of each such program in the working directory. */
function profiling(name: string): readonly string[] {
  return process.env['BENCH_PROFILE'] === name
    ? ['--cpu-prof', `--cpu-prof-name=${name}-${++profiles}.cpuprofile`]
    : [];
}

let profiles = 0;
