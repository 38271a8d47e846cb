using System.Globalization;
using System.Text;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Replay;

/// <summary>`evaluate`: a version on a test file, or the figures its training stored.</summary>
internal static class EvaluatePipeline
{
    /// <param name="store">The store.</param>
    /// <param name="model">The version to measure.</param>
    /// <param name="other">The version to compare with, or null.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public static EvaluationReport Run(
        Store store, ServedVersion model, ServedVersion? other, EvaluateOptions options,
        ProgressScope progress)
    {
        options.Validate();
        if (options.Test is null) return Stored(store, model, options);
        // Asked before the work: the figures of an hour must not end in a refusal.
        if (options.Record) store.EnsureWritable();
        using var temporary = new TemporaryDirectory(store.FileSystem);
        TestCases cases = TestCases.Read(
            options.Test, options.TestOptions, model.Data.Actions.Clone(), store.FileSystem, temporary.Path,
            progress);
        if (cases.Targets is null)
        {
            RefuseSeenSessions(store, model.Version, options.Test.Path, cases, progress);
            if (other is not null)
                RefuseSeenSessions(store, other.Version, options.Test.Path, cases, progress);
        }
        Evaluator evaluator =
            Measure(model, cases, options, "evaluate", progress, out EvaluationReport report);
        if (report.Cases == 0)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{options.Test.Path}: no case to evaluate in this file");
        if (options.History == EvaluationHistory.User)
        {
            Evaluator alone = Measure(
                model, cases, options with { History = EvaluationHistory.Session }, "evaluate_session",
                progress, out _);
            report = report with
            {
                AgainstSession = PairedComparison.Run(evaluator, alone, options.Seed, Threads(options)),
            };
        }
        if (options.Explore > 0)
        {
            report = report with
            {
                Exploration = Explore(model, cases, options, evaluator, report, progress),
            };
        }
        if (options.Record) Record(store, model.Version.Number, options, cases, report);
        if (other is null) return report;
        Evaluator compared = Measure(other, cases, options, "evaluate_other", progress, out _);
        return report with
        {
            Compared = new VersionComparison
            {
                Version = model.Version.Number,
                With = other.Version.Number,
                Sources = PairedComparison.Run(evaluator, compared, options.Seed, Threads(options)),
            },
        };
    }

    /// <summary>`hybrid` once more, exploring, against what the evaluation found without.</summary>
    private static ExplorationReport Explore(
        ServedVersion model, TestCases cases, EvaluateOptions options, Evaluator without,
        EvaluationReport report, ProgressScope progress)
    {
        const CandidateSourceKind Asked = CandidateSourceKind.Hybrid;
        string name = SourceNames.NameOf(Asked);
        Evaluator with = Measure(
            model, cases, options with { Sources = [Asked] }, "evaluate_exploring", progress,
            out EvaluationReport exploring, options.Explore);
        ItemEvidence evidence = model.Recommender.Evidence;
        int at = 0;
        while (without.Sources[at] != Asked) at++;
        return new ExplorationReport
        {
            Share = options.Explore,
            Cases = exploring.Cases,
            LittleKnown = evidence.LittleKnown.Length,
            Shown = with.Tallies[0].CoveredOf(evidence.Bits),
            ShownWithout = without.Tallies[at].CoveredOf(evidence.Bits),
            Places = with.ExploredPlaces,
            With = exploring.Sources[name],
            Without = report.Sources[name],
            Difference = PairedComparison.Run(with, without, options.Seed, Threads(options))[name],
        };
    }

    private static void Record(
        Store store, long version, EvaluateOptions options, TestCases cases, EvaluationReport report) =>
        VersionCatalog.Record(store, version, new RecordedEvaluation
        {
            File = Path.GetFileName(options.Test!.Path),
            Fingerprint = cases.Fingerprint ?? throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{options.Test.Path}: only figures of a file can be recorded, which can be read again"),
            At = DateTimeOffset.UtcNow,
            MaxHistory = options.MaxHistory,
            MaxSessions = options.MaxSessions,
            Report = report,
        });

    private static Evaluator Measure(
        ServedVersion model, TestCases cases, EvaluateOptions options, string stage, ProgressScope progress,
        out EvaluationReport report, float explore = 0)
    {
        bool ofUsers = options.History == EvaluationHistory.User;
        EvaluationSet set = EvaluationSet.From(
            cases, model.Data.Items, ofUsers, model.Data.Histories).Sample(options.MaxSessions);
        var evaluator = new Evaluator(model.Recommender, set, new EvaluatorOptions(
            options.Protocol, options.K, options.Sources, Threads(options), options.Seed)
        {
            MaxHistory = options.MaxHistory, History = options.History, Explore = explore,
        });
        progress.Begin(stage, set.SessionCount, "sessions");
        report = evaluator.Run(progress);
        progress.End();
        // Its mappings are in use until here, also where a refresh has replaced it meanwhile.
        GC.KeepAlive(model);
        return evaluator;
    }

    private static int Threads(EvaluateOptions options) =>
        options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;

    private static EvaluationReport Stored(Store store, ServedVersion model, EvaluateOptions options)
    {
        // The catalog and not the opened version: figures may have been recorded since.
        IReadOnlyList<RecordedEvaluation> recorded =
            VersionCatalog.Find(store, model.Version.Number)?.Evaluations ?? [];
        EvaluationReport stored = model.Version.Metrics ?? (recorded.Count > 0 ? recorded[^1].Report : null)
            ?? throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{store.Path}: version {model.Version.Number} has no figures (its log was too small to cut); "
            + "give a test file");
        if (options.K != stored.K || options.Protocol != stored.Protocol)
        {
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"the stored figures are for k {stored.K} and protocol "
                + $"{ReportJson.NameOf(stored.Protocol)}; others need a test file");
        }
        stored = stored with { Recorded = recorded };
        if (options.Sources.Count == 0) return stored;
        IEnumerable<string> names = options.Sources.Select(SourceNames.NameOf);
        return stored with
        {
            Sources = names.Where(stored.Sources.ContainsKey).ToDictionary(n => n, n => stored.Sources[n]),
        };
    }

    /// <summary>
    /// A session counts as seen when the log has one of the same key that also holds what the test session
    /// holds. Keys alone do not tell: files number their sessions from 0. Reads the log once, whatever the
    /// number of cases.
    /// </summary>
    private static void RefuseSeenSessions(
        Store store, ModelVersion version, string file, TestCases cases, ProgressScope progress)
    {
        StoreKeys keys = StoreKeys.Load(store);
        SessionCorpus corpus = EventLog.Read(store, segments => SessionCorpus.Load(
            store.FileSystem,
            [.. Learned(segments, version).Select(s => Path.Combine(store.EventsDirectory, s.File))],
            progress));
        Dictionary<long, List<int>> casesOf = CasesBySession(cases, corpus);
        var seen = new HashSet<int>();
        for (int session = 0; session < corpus.SessionCount && casesOf.Count > 0; session++)
        {
            if (!casesOf.TryGetValue(corpus.SessionIds[session], out List<int>? candidates)) continue;
            seen.UnionWith(candidates.Where(c => IsOf(cases, c, corpus, session, keys)));
        }
        if (seen.Count == 0) return;
        throw new EmbedEngineException(
            ErrorCode.Leak,
            $"{file}: {seen.Count} of {cases.Count} sessions (such as {KeyOf(cases, seen.Min())}) are in "
            + $"the store's log and trained version {version.Number}; "
            + "evaluate on sessions it has not seen");
    }

    /// <summary>
    /// The segments a version learned from: those its manifest names, and where one of them was rewritten
    /// since, also all that rewriting made, for they may hold it. What was imported later is unseen; what was
    /// removed cannot be asked.
    /// </summary>
    private static SegmentRecord[] Learned(
        IReadOnlyList<SegmentRecord> segments, ModelVersion version)
    {
        HashSet<string> named = Manifest.SegmentFiles(version.Manifest);
        bool rewritten = !named.IsSubsetOf(segments.Select(s => s.File));
        return segments.Where(s => named.Contains(s.File) || (rewritten && s.Rewritten));
    }

    /// <summary>
    /// Cases by the id that the corpus gives to a session of their key; keys it does not know are left out.
    /// </summary>
    private static Dictionary<long, List<int>> CasesBySession(TestCases cases, SessionCorpus corpus)
    {
        var casesOf = new Dictionary<long, List<int>>();
        for (int c = 0; c < cases.Count; c++)
        {
            string key = KeyOf(cases, c);
            long id = 0;
            bool known = corpus.SessionTexts is null
                ? KeyText.TryParseInt64(Encoding.UTF8.GetBytes(key), out id)
                    : corpus.SessionTexts.TryFind(key, out id);
            if (!known) continue;
            if (!casesOf.TryGetValue(id, out List<int>? list)) casesOf[id] = list = [];
            list.Add(c);
        }
        return casesOf;
    }

    private static string KeyOf(TestCases cases, int c) => cases.SessionTexts?.KeyString(cases.SessionIds[c])
        ?? cases.SessionIds[c].ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// With times on both sides the case's first event decides; without, all its items must follow each other
    /// in the session: a popular first item alone would be found by chance.
    /// </summary>
    private static bool IsOf(TestCases cases, int c, SessionCorpus corpus, int session, StoreKeys keys)
    {
        long first = cases.Offsets[c];
        bool timed = cases.TimesMs[first] != TrainingSet.NoTime && corpus.HasTimes;
        int length = timed ? 1 : (int)(cases.Offsets[c + 1] - first);
        for (long e = corpus.Offsets[session]; e + length <= corpus.Offsets[session + 1]; e++)
        {
            if (timed && corpus.TimesMs[e] != cases.TimesMs[first]) continue;
            int same = 0;
            while (same < length && SameItem(cases.Items[first + same], corpus.Items[e + same])) same++;
            if (same == length) return true;
        }
        return false;

        bool SameItem(int item, int logged) =>
            keys.Items.TryFind(cases.ItemKeys.KeyString(item), out long ordinal) && ordinal == logged;
    }
}
