// What the till keeps on its device: IndexedDB with promises, and transactions that hold together.

const NAME = "weft-till";
const STORES = {
  meta: {}, // one value per name: device, settings, head, session, basket, parked …
  records: { keyPath: "seq" }, // the chain, word for word
  outbox: { keyPath: "seq" }, // which of them have not been heard of by the server
  receipts: { keyPath: "id" }, // receipts with what of them is left to return
  items: { keyPath: "id" }, // what is for sale
};

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Db {
  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
      request.transaction.objectStore("receipts").createIndex("reference", "reference");
    };
    return new Db(await asked(request));
  }

  constructor(database) {
    this.database = database;
  }

  // Run `work` on stores in one transaction: all of it is kept, or nothing. What it throws aborts it.
  async write(stores, work) {
    const transaction = this.database.transaction(stores, "readwrite", { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error("The device kept nothing."));
    });
    const opened = Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)]));
    let result;
    try {
      result = await work(opened, asked);
    } catch (wrong) {
      done.catch(() => {});
      try { transaction.abort(); } catch { /* it had ended */ }
      throw wrong;
    }
    await done;
    return result;
  }

  get(store, key) {
    return asked(this.database.transaction(store).objectStore(store).get(key));
  }

  all(store, range, limit) {
    return asked(this.database.transaction(store).objectStore(store).getAll(range, limit));
  }

  count(store) {
    return asked(this.database.transaction(store).objectStore(store).count());
  }

  byReference(reference) {
    return asked(this.database.transaction("receipts").objectStore("receipts").index("reference").get(reference));
  }

  async put(store, value, key) {
    await this.write([store], (opened) => asked(opened[store].put(value, key)));
  }

  async meta(name, otherwise) {
    return (await this.get("meta", name)) ?? otherwise;
  }

  async keep(name, value) {
    await this.put("meta", value, name);
  }
}
