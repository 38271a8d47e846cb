// Forget a user or an item. Live logs are adopted first, so that what is in them is found; then the log
// is rewritten without it, and its dictionary row goes in the same commit. The catalog overwrites what it
// deletes (secure_delete).

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>Removes a user or an item from the log and the dictionary.</summary>
internal static class ForgetRun
{
    public static ForgetReport Run(Store store, string key, bool isUser, ProgressScope progress)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        LiveLogAdopter.Run(write, progress);
        StoreKeys keys = StoreKeys.Load(store);
        KeyDictionary dictionary = isUser ? keys.Users : keys.Items;
        if (!dictionary.TryFind(key, out long ordinal))
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"{store.Path}: no {(isUser ? "user" : "item")} '{key}' is known; nothing was removed");
        }
        LogFilter filter =
            isUser ? new LogFilter { User = (int)ordinal } : new LogFilter { Item = (int)ordinal };
        KeyTable table = isUser ? UserKeyTable.Keys : ItemKeyTable.Keys;
        CompactReport log = new EventLogRewriter(write, progress).Run(filter, catalog =>
        {
            // The counts, so that the ordinal of a forgotten last key stays taken.
            keys.SaveNew(catalog, keys.Items.Count, keys.Users.Count);
            table.Delete(catalog, ordinal);
        });
        return new ForgetReport
        {
            RemovedEvents = log.RemovedEvents,
            RemovedSessions = log.RemovedSessions,
            VersionsBefore = VersionCatalog.List(store).ConvertAll(v => v.Number),
            OpenLiveLogs = store.LiveLogs().Count(),
        };
    }
}
