// Forget a user or an item. Live logs are adopted first, so that what is in them is found; then the log
// is rewritten without it, and its dictionary row goes in the same commit. The catalog overwrites what it
// deletes (secure_delete).

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Online;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Profiles;
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
        // The catalogue first: what is damaged there must be found before anything is gone.
        var catalogue = new AttributeStore(store);
        if (!isUser) catalogue.Refresh();
        bool inCatalogue = !isUser
            && catalogue.Require().TryFind(System.Text.Encoding.UTF8.GetBytes(key), out _);
        if (inCatalogue) catalogue.Forget(keys.Items.Kind, key);
        long answers = !isUser ? 0 : AnswerLogKeeper.Forget(
            write, AnswerLog.UnitOfUser(System.Text.Encoding.UTF8.GetBytes(key)));
        if (!dictionary.TryFind(key, out long ordinal))
        {
            // An item that never had an event; a user who was only answered.
            if (inCatalogue || answers > 0) return Nothing(store, answers);
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
        // Histories are people's own: the version that answers must not go on with them.
        RefreshReport? without = isUser && AnswersWith(store, key)
            ? new RefreshRun(store, customersOnly: true, WorkerTeam.DefaultThreads, progress).Run(write)
                : null;
        return new ForgetReport
        {
            NewVersion = without?.Version,
            RemovedEvents = log.RemovedEvents,
            RemovedSessions = log.RemovedSessions,
            VersionsBefore =
                [.. VersionCatalog.List(store).Select(v => v.Number).Where(v => v != without?.Version)],
            OpenLiveLogs = store.LiveLogs().Count(),
            RemovedAnswers = answers,
        };
    }

    private static ForgetReport Nothing(Store store, long answers) => new()
    {
        RemovedEvents = 0, RemovedSessions = 0, RemovedAnswers = answers,
        VersionsBefore = [.. VersionCatalog.List(store).Select(v => v.Number)],
        OpenLiveLogs = store.LiveLogs().Count(),
    };

    /// <summary>Whether the active version knows what a user did.</summary>
    private static bool AnswersWith(Store store, string user)
    {
        long active = VersionCatalog.ActiveNumber(store);
        if (active == 0) return false;
        string path = Path.Combine(
            store.VersionDirectory(active), HistoryTable.FileName + ArtifactNames.Extension);
        if (!store.FileSystem.FileExists(path)) return false;
        using HistoryTable histories = HistoryTable.Open(store.FileSystem, path, VerifyLevel.Header);
        return histories.TryFind(System.Text.Encoding.UTF8.GetBytes(user), out _);
    }
}
