// Recommendations for a file of sessions: blocks of lines are read, answered side by side and written in
// their order. Memory does not grow with the file. Must never leave half a file under the name that was asked
// for.

using System.Text;
using System.Text.Json;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Replay;

/// <summary>One run over a file of sessions.</summary>
internal sealed class BatchRun
{
    private const int BlockLines = 4096;
    private const int ChunkLines = 16;
    private const int KeptErrors = 10;

    private readonly ServedVersion _model;
    private readonly RecommendFileOptions _options;
    private readonly string _input;
    private readonly RecommendOptions _request;
    private readonly ProgressScope _progress;
    private readonly int _threads;
    private readonly List<RejectedRow> _errors = [];
    private long _sessions, _rejected;

    public BatchRun(ServedVersion model, string input, RecommendFileOptions options, ProgressScope progress)
    {
        options.Validate();
        (_model, _input, _options, _progress) = (model, input, options, progress);
        // An explanation tells what was drawn, which only a seed repeats.
        bool seeds = options.Request.Explore > 0 && options.Request.ExploreSeed == 0 && options.Explain;
        _request = !seeds ? options.Request : options.Request with
        {
            ExploreSeed = (ulong)System.Diagnostics.Stopwatch.GetTimestamp() | 1,
        };
        _threads = options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;
        // What is wrong with the options is wrong for every line: an answer to nothing says so at once.
        Recommend(user: null, [], new RecommendedItem[options.K], _request);
    }

    public RecommendFileReport ToFile(string output)
    {
        using var file = new OutputFile(output);
        RecommendFileReport report = Run(Path.GetFullPath(output), bytes => file.Write(bytes));
        file.Commit();
        _progress.Complete();
        return report;
    }

    public RecommendFileReport ToStream(Stream output)
    {
        RecommendFileReport report = Run("-", bytes => output.Write(bytes));
        output.Flush();
        _progress.Complete();
        return report;
    }

    private delegate void LineSink(ReadOnlySpan<byte> line);

    private RecommendFileReport Run(string output, LineSink sink)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        using InputFile input = InputFile.Open(_input);
        _progress.Begin("recommend", CountLines(), "sessions");
        var reader = new LineReader(input, ProgressScope.None);
        var block = new List<(long Number, byte[] Line)>();
        while (true)
        {
            block.Clear();
            while (block.Count < BlockLines && reader.TryReadLine(out ReadOnlySpan<byte> line))
            {
                if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') >= 0)
                    block.Add((reader.Line, line.ToArray()));
            }
            if (block.Count == 0) break;
            foreach (byte[] answer in Answer(block)) sink(answer);
        }
        if (_sessions == 0)
        {
            string why = _errors.Count == 0 ? "holds no sessions"
                : $"no line can be read; line {_errors[0].Line}: {_errors[0].Reason}";
            throw new EmbedEngineException(ErrorCode.BadInput, $"{_input}: {why}");
        }
        return new RecommendFileReport
        {
            Output = output,
            Version = _model.Version.Number,
            Sessions = _sessions,
            Rejected = _rejected,
            FirstErrors = _errors,
            Seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>
    /// Lines of a plain file, so that progress can tell the time left; 0 where only reading it all would
    /// tell.
    /// </summary>
    private long CountLines()
    {
        if (_input == "-") return 0;
        using InputFile input = InputFile.Open(_input);
        if (input.Length == 0) return 0;
        var buffer = new byte[1 << 20];
        long lines = 0;
        while (input.Read(buffer) is int n and > 0)
        {
            lines += buffer.AsSpan(0, n).Count((byte)'\n');
            _progress.ThrowIfCancelled();
        }
        return lines;
    }

    private byte[][] Answer(List<(long Number, byte[] Line)> block)
    {
        var answers = new byte[block.Count][];
        var problems = new string?[block.Count];
        WorkerTeam.For(_threads, block.Count, ChunkLines, (_, begin, end) =>
        {
            var results = new RecommendedItem[_options.K];
            for (int i = (int)begin; i < end; i++)
                answers[i] = Answer(block[i].Number, block[i].Line, results, out problems[i]);
        }, _progress);
        for (int i = 0; i < answers.Length; i++)
        {
            if (problems[i] is not string problem)
            {
                _sessions++;
                continue;
            }
            Reject(block[i].Number, problem);
            answers[i] = BatchJson.ErrorLine(block[i].Number, $"{_input}:{block[i].Number}: {problem}");
        }
        return answers;
    }

    private void Reject(long line, string problem)
    {
        _rejected++;
        if (_errors.Count < KeptErrors) _errors.Add(new RejectedRow(_input, line, problem));
        if (_rejected <= _options.MaxErrors) return;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{_input}:{line}: {problem}; that is bad line {_rejected} and the limit is "
            + $"{_options.MaxErrors} (--max-errors): "
            + "nothing was written");
    }

    private byte[] Answer(long number, byte[] line, RecommendedItem[] results, out string? problem)
    {
        problem = null;
        try
        {
            using JsonDocument document = RequestJson.Parse(line);
            RequestSession request = RequestJson.Read(_model, document.RootElement);
            SessionEvent[] session = request.Events;
            RecommendOptions asked = _request.ForRequest(number);
            RecommendResult answer = Recommend(request.User, session, results, asked);
            var reasons = new RecommendReason[_options.Explain ? answer.Count : 0];
            if (_options.Explain) Explain(request.User, session, results.AsSpan(0, answer.Count), reasons);
            RuleReport? rules = _options.Explain
                ? Rules(request.User, session, results.AsSpan(0, answer.Count), asked) : null;
            return BatchJson.Line(document.RootElement, json => RequestJson.WriteAnswer(
                json, _model, results.AsSpan(0, answer.Count), answer, _options.Explain, reasons,
                request.Ignored, rules, _options.FallbackBy));
        }
        catch (Exception e) when (e is EmbedEngineException { Code: ErrorCode.BadInput or ErrorCode.Unknown }
            // An id with half a surrogate in an escape cannot be written again.
            or InvalidOperationException)
        {
            problem = e.Message.ReplaceLineEndings(" ");
            return [];
        }
    }

    private void Explain(
        string? user, SessionEvent[] session, ReadOnlySpan<RecommendedItem> items,
        Span<RecommendReason> reasons)
    {
        if (user is null) _model.Explain(session, items, reasons);
        else _model.ExplainUser(Encoding.UTF8.GetBytes(user), session, items, reasons);
    }

    private RuleReport? Rules(
        string? user, SessionEvent[] session, ReadOnlySpan<RecommendedItem> items, in RecommendOptions asked)
    {
        RuleReport? rules = _options.Rules.Arranges ? _model.ExplainRules(items, _options.Rules) : null;
        if (!(asked.Explore > 0)) return rules;
        RuleReport explored = _model.ExplainExplored(
            user is null ? default : Encoding.UTF8.GetBytes(user), session, items, asked);
        return rules?.With(explored) ?? explored;
    }

    private RecommendResult Recommend(
        string? user, SessionEvent[] session, RecommendedItem[] results, in RecommendOptions asked)
    {
        RecommendRules rules = _options.Rules;
        return user is null ? _model.Recommend(session, results, asked, rules)
            : _model.RecommendUser(Encoding.UTF8.GetBytes(user), session, results, asked, rules);
    }
}
