// The part of the facade that writes what the store holds as files of other programs.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Exchange;

namespace EmbedEngine;

/// <content>Export.</content>
public sealed partial class Engine
{
    /// <summary>
    /// As <see cref="EmbedEngine.Model.Export"/> of the version that answers, and what is counted in the
    /// store's log besides: <see cref="ExportKind.Cooccurrence"/> and <see cref="ExportKind.Ppmi"/> over the
    /// items of that version, in all sessions that are learned from, in the log as it is now (observed events
    /// that no import or training has taken up are not in it). A pair is written in both orders. Takes no
    /// lock.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What and how; null = the first space's vectors as .npy.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the export with nothing written.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained yet; <see
    /// cref="ErrorCode.OutOfMemory"/>: more pairs than one matrix holds.</exception>
    /// <exception cref="ArgumentException">An option does not fit what is exported.</exception>
    public ExportReport Export(
        string path, ExportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ExportOptions();
        options.Validate();
        Model model = RequireModel();
        if (!options.OfLog) return model.Export(path, options, progress, cancellation);
        ExportReport report = new CountExporter(
            _store, model.Served, options, new ProgressScope(progress, cancellation)).Run(path);
        GC.KeepAlive(model);
        return report;
    }
}
