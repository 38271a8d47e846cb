using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>
/// The histories of a test file as requests: slices of one array, so that a replay copies nothing.
/// </summary>
internal sealed class BenchRequests
{
    private readonly SessionEvent[] _events;
    private readonly List<(int Start, int Length)> _slices = [];

    private BenchRequests(Model model, TestCases cases, int most)
    {
        EvaluationSet set = EvaluationSet.From(cases, model.Served.Data.Items);
        _events = new SessionEvent[set.Rows.Length];
        for (int e = 0; e < _events.Length; e++)
        {
            long time = set.TimesMs[e] == TrainingSet.NoTime ? 0 : set.TimesMs[e];
            _events[e] =
                new SessionEvent(ItemOf(model, cases, set.Rows[e], cases.Items[e]), time, set.Actions[e]);
        }
        for (int s = 0; s < set.SessionCount && _slices.Count < most; s++)
        {
            (int start, int length) = ((int)set.Offsets[s], (int)(set.Offsets[s + 1] - set.Offsets[s]));
            if (set.Targets is not null) _slices.Add((start, length));
            else for (int n = 1; n < length && _slices.Count < most; n++) _slices.Add((start, n));
        }
    }

    public int Count => _slices.Count;

    /// <summary>Events of a request, oldest first.</summary>
    public ReadOnlySpan<SessionEvent> this[int request] =>
        _events.AsSpan(_slices[request].Start, _slices[request].Length);

    /// <exception cref="EmbedEngineException">As of an import; BadInput where the file holds no
    /// request.</exception>
    public static BenchRequests Read(Model model, string path, int maxRequests, ProgressScope progress)
    {
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        TestCases cases = TestCases.Read(
            EventSource.Auto(path), new ImportOptions(), model.Served.Data.Actions.Clone(),
            FileSystem.Real,
            temporary.Path, progress);
        var requests = new BenchRequests(model, cases, maxRequests == 0 ? int.MaxValue : maxRequests);
        if (requests.Count > 0) return requests;
        throw new EmbedEngineException(ErrorCode.BadInput, $"{path}: no request to replay in this file");
    }

    /// <summary>
    /// What a caller would hand over; an item that a text store does not know has no ordinal there.
    /// </summary>
    private static long ItemOf(Model model, TestCases cases, int row, int ordinal)
    {
        if (row >= 0) return model.Served.Data.Items.ItemAt(row);
        return model.KeyKind == KeyKind.Int64 && cases.ItemKeys.Kind == KeyKind.Int64
            ? cases.ItemKeys.Int64Key(ordinal) : -1;
    }
}
