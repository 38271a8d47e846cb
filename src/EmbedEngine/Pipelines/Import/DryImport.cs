// `import --dry-run`: reads everything as an import would, counts, shows the first events, and changes
// nothing. Nothing is written but sorted runs in a temporary directory of the system.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Tries imports.</summary>
internal static class DryImport
{
    private const int RowsShown = 10;

    /// <exception cref="EmbedEngineException">What an import would end with; content that was imported
    /// before, or is named twice, is a warning here.</exception>
    public static ImportReport Run(
        Store store, IReadOnlyList<EventSource> sources, ImportOptions options, ProgressScope progress)
    {
        options.Validate();
        KeyGuess? guess = null;
        while (true)
        {
            StoreKeys keys = store.Exists ? StoreKeys.Load(store) : new StoreKeys();
            guess ??= KeyGuess.For(keys.Items.Kind, keys.Users.Kind, options);
            using var temporary = new TemporaryDirectory(store.FileSystem);
            var reports = new List<ImportReport>();
            var seen = new Look(keys);
            var contents = new HashSet<string>();
            try
            {
                foreach (EventSource source in sources)
                {
                    ImportReport report = SegmentImport.Run(
                        source, options, keys.Items, keys.Users, keys.Actions, store.FileSystem, null,
                        temporary.Path, progress, guess: guess, makeSink: seen.Begin);
                    reports.Add(report with
                    {
                        Warnings = [.. report.Warnings, .. Earlier(store, source, report, contents)],
                    });
                }
                progress.Complete();
                ImportReport total =
                    reports.Count == 1 ? reports[0] : ImportRun.Sum(reports, seen.DistinctItems);
                return total with { Rows = seen.Rows };
            }
            catch (KeyKindChangedException e)
            {
                ImportRun.ThrowIfGone(sources, reports.Count, e);
            }
        }
    }

    private static string[] Earlier(
        Store store, EventSource source, ImportReport report, HashSet<string> contents)
    {
        if (report.SourceFingerprint is not { } fingerprint) return [];
        if (!contents.Add(fingerprint))
            return [$"{source.Path}: the same content is given twice: an import refuses it"];
        if (!store.Exists) return [];
        return store.ReadCatalog(catalog => ImportTable.EarlierOf(catalog, fingerprint)) is { } earlier
            ? [$"{source.Path}: the same content was imported before, from {earlier}: an import refuses it"]
            : [];
    }

    /// <summary>Keeps the first events and the items met.</summary>
    private sealed class Look(StoreKeys keys) : ISessionSink
    {
        private readonly List<ImportedRow> _rows = [];
        private readonly HashSet<int> _items = [];
        private SegmentHeader? _header;

        public IReadOnlyList<ImportedRow> Rows => _rows;

        public long DistinctItems => _items.Count;

        public Look Begin(SegmentHeader header)
        {
            _header = header;
            return this;
        }

        public void Add(in SessionRecord session)
        {
            foreach (LogEvent e in session.Events)
            {
                _items.Add(e.Item);
                if (_rows.Count < RowsShown) _rows.Add(Row(session, e));
            }
        }

        private ImportedRow Row(in SessionRecord session, LogEvent e) => new()
        {
            Session = session.TextKey.IsEmpty ? session.Key.ToString(CultureInfo.InvariantCulture)
                : Encoding.UTF8.GetString(session.TextKey),
            User = session.User < 0 ? null : keys.Users.KeyString(session.User),
            TimeMs = _header!.HasTimes ? e.TimeMs : null,
            Action = keys.Actions.Name(e.Action),
            Item = keys.Items.KeyString(e.Item),
        };
    }
}
