// Recommendations for a whole file of sessions.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Replay;

namespace EmbedEngine;

/// <content>Files of sessions.</content>
public sealed partial class Model
{
    /// <summary>
    /// Answers every session of a JSONL file, side by side on several threads, in the order of the lines: a
    /// request as <see cref="RequestJson"/> reads it, such as <c>{"session":[…]}</c>, becomes a line
    /// <c>{"items":[{"item","score"}],…}</c> with the line's own <c>session_id</c>, <c>session</c>, <c>id</c>
    /// or <c>user</c>, and what was ignored of it. A line that is no request is counted and becomes
    /// <c>{"line","error","items":[]}</c>. The file appears under its name when it is whole.
    /// </summary>
    /// <param name="input">The sessions; plain or .gz, "-" = standard input.</param>
    /// <param name="output">The file to write; one of that name is replaced.</param>
    /// <param name="options">Options; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with nothing written.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.NotFound"/>: no such file. <see cref="ErrorCode.BadInput"/>: no line, or too
    /// many, can be read.
    /// </exception>
    public RecommendFileReport RecommendFile(
        string input, string output, RecommendFileOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentException.ThrowIfNullOrEmpty(output);
        return new BatchRun(
            Served, input, options ?? new RecommendFileOptions(), new ProgressScope(progress, cancellation))
            .ToFile(output);
    }

    /// <summary>As the other, into a stream, block by block as they are answered.</summary>
    public RecommendFileReport RecommendFile(
        string input, Stream output, RecommendFileOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentNullException.ThrowIfNull(output);
        return new BatchRun(
            Served, input, options ?? new RecommendFileOptions(), new ProgressScope(progress, cancellation))
            .ToStream(output);
    }
}
