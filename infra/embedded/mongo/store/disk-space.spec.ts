import { jest } from '@jest/globals';
import { DriverAgainstNode, rejectionOf } from '../testing/driver-against-node.js';
import { DiskSpace } from './disk-space.js';

describe('a disk that is nearly full', () => {
  let server: DriverAgainstNode;
  beforeEach(async () => {
    server = await DriverAgainstNode.start();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  it('refuses every kind of write with 14031 and leaves no trace of it', async () => {
    const things = server.collection();
    await things.insertOne({ _id: 1 as never, a: 1 });
    jest.spyOn(DiskSpace.prototype, 'freeBytes').mockReturnValue(1000);
    for (const write of [
      () => things.insertOne({ a: 2 }),
      () => things.updateOne({ a: 1 }, { $set: { a: 3 } }),
      () => things.deleteOne({ a: 1 }),
      () => things.findOneAndReplace({ a: 1 }, { a: 4 }),
      () => server.collection('other').insertOne({ a: 1 }),
      () => server.database.createCollection('empty'),
      () => things.createIndex({ a: 1 }, {}, {}),
      () => things.drop(),
    ]) {
      expect(await rejectionOf(write())).toMatchObject({ code: 14031, codeName: 'OutOfDiskSpace' });
    }
    expect(await things.find().toArray()).toEqual([{ _id: 1, a: 1 }]);
    expect((await server.database.listCollections().toArray()).map(({ name }) => name)).toEqual(['things']);
  });

  it('does not keep the node from starting and reading, and from writing when there is room again', async () => {
    await server.collection().insertOne({ _id: 1 as never });
    const free = jest.spyOn(DiskSpace.prototype, 'freeBytes').mockReturnValue(1000);
    await server.restart();
    expect(await server.collection().countDocuments()).toBe(1);
    free.mockRestore();
    await server.collection().insertOne({ _id: 2 as never });
    expect(await server.collection().countDocuments()).toBe(2);
  });
});
