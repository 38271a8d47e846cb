// `evaluate --online`: two passes over the answer logs, outcomes first. A log that goes while it is read was
// folded into another: then everything is read again.

using EmbedEngine.Evaluation.Online;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Online;

/// <summary>Measures recorded answers.</summary>
internal static class OnlineRun
{
    private const int MaxAttempts = 10;

    /// <summary>Measures.</summary>
    /// <param name="store">The store.</param>
    /// <param name="sinceMs">Answers from here on; null = since the experiment was set, else all.</param>
    /// <param name="windowMs">Time after an answer in which its outcomes happen.</param>
    /// <param name="nowMs">Answers before this.</param>
    public static OnlineReport Run(Store store, long? sinceMs, long windowMs, long nowMs)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Read(store, sinceMs, windowMs, nowMs);
            }
            catch (EmbedEngineException e) when (
                e.Code == ErrorCode.NotFound && attempt < MaxAttempts && store.Exists)
            {
                // Folded, or past its time.
            }
        }
    }

    private static OnlineReport Read(Store store, long? sinceMs, long windowMs, long nowMs)
    {
        ForgottenUnits forgotten = store.ReadCatalog(ForgottenUnits.Read);
        ActionTable actions = StoreKeys.Kinds(store).Actions;
        (Split? split, Dictionary<string, long> aliases) = Split.Read(store);
        Experiment? experiment = split?.Report(aliases);
        var tally = new OnlineTally(sinceMs ?? experiment?.SinceMs ?? 0, nowMs, windowMs, actions);
        string[] names = [.. store.AnswerLogs()];
        HashSet<long> replaced = AnswerLogKeeper.Replaced(store, names);
        names = [.. names.Where(name =>
            !StoreNames.IsAnswerLog(name, out _, out ulong nonce) || !replaced.Contains((long)nonce))];
        foreach (bool outcomes in (bool[])[true, false])
        {
            foreach (string name in names)
            {
                using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
                AnswerLog.Read(file, (in AnswerRecord record) =>
                {
                    if (forgotten.Has(record.Unit, record.Id.TimeMs)) return;
                    if (outcomes && record.Kind == AnswerRecordKind.Outcome) tally.AddOutcome(record);
                    if (!outcomes && record.Kind == AnswerRecordKind.Answer) tally.AddAnswer(record);
                });
            }
        }
        return tally.Report(experiment);
    }
}
