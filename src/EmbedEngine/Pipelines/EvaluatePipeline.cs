using EmbedEngine.Evaluation;
using EmbedEngine.Interactions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines;

/// <summary>`evaluate`: a version on a test file, or the figures its training stored.</summary>
internal static class EvaluatePipeline
{
    public static EvaluationReport Run(Store store, Model model, EvaluateOptions options, ProgressScope progress)
    {
        options.Validate();
        if (options.Test is null) return Stored(store, model, options);
        string temporary = Directory.CreateTempSubdirectory("embedengine-").FullName;
        try
        {
            TestCases cases = TestCases.Read(
                options.Test, options.TestOptions, model.Data.Actions.Clone(), store.FileSystem, temporary, progress);
            if (cases.Targets is null) RefuseSeenSessions(store, options.Test.Path, cases, progress);
            EvaluationSet set = EvaluationSet.From(cases, model.Data.Items).Sample(options.MaxSessions);
            var evaluator = new Evaluator(model.Recommender, set, new EvaluatorOptions(
                options.Protocol, options.K, options.Sources,
                options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads, options.Seed));
            progress.Begin("evaluate", set.SessionCount, "sessions");
            EvaluationReport report = evaluator.Run(progress);
            progress.End();
            if (report.Cases == 0)
                throw new EmbedEngineException(ErrorCode.BadInput, $"{options.Test.Path}: no case to evaluate in this file");
            return report;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static EvaluationReport Stored(Store store, Model model, EvaluateOptions options)
    {
        EvaluationReport stored = model.Version.Metrics ?? throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{store.Path}: version {model.Version.Number} has no figures (its log was too small to cut); give a test file");
        if (options.K != stored.K || options.Protocol != stored.Protocol)
        {
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"the stored figures are for k {stored.K} and protocol {ReportJson.NameOf(stored.Protocol)}; others need a test file");
        }
        if (options.Sources.Count == 0) return stored;
        IEnumerable<string> names = options.Sources.Select(SourceNames.NameOf);
        return stored with { Sources = names.Where(stored.Sources.ContainsKey).ToDictionary(n => n, n => stored.Sources[n]) };
    }

    /// <summary>
    /// A session counts as seen when the log has one of the same key that holds the test session's first event (item
    /// and, where known, time). Keys alone do not tell: files number their sessions from 0.
    /// </summary>
    private static void RefuseSeenSessions(Store store, string file, TestCases cases, ProgressScope progress)
    {
        StoreKeys keys = StoreKeys.Load(store);
        SessionCorpus corpus = SessionCorpus.Load(
            store.FileSystem,
            [.. EventLog.Segments(store).Select(s => Path.Combine(store.EventsDirectory, s.File))], progress);
        int seen = 0;
        string? example = null;
        for (int c = 0; c < cases.Count; c++)
        {
            string key = cases.SessionTexts is null
                ? cases.SessionIds[c].ToString(System.Globalization.CultureInfo.InvariantCulture)
                : cases.SessionTexts.KeyString(cases.SessionIds[c]);
            if (!corpus.TryFindSession(key, out int session)) continue;
            long first = cases.Offsets[c];
            if (!keys.Items.TryFind(cases.ItemKeys.KeyString(cases.Items[first]), out long item)) continue;
            if (!Holds(corpus, session, item, cases.TimesMs[first])) continue;
            seen++;
            example ??= key;
        }
        if (seen == 0) return;
        throw new EmbedEngineException(
            ErrorCode.Leak,
            $"{file}: {seen} of {cases.Count} sessions (such as {example}) are in the store's log and trained the version; "
            + "evaluate on sessions it has not seen");
    }

    private static bool Holds(SessionCorpus corpus, int session, long item, long timeMs)
    {
        for (long e = corpus.Offsets[session]; e < corpus.Offsets[session + 1]; e++)
        {
            if (corpus.Items[e] == item && corpus.TimesMs[e] == timeMs) return true;
        }
        return false;
    }
}
