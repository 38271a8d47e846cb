// The part of the facade that takes tables from other programs as they lie in memory: Apache Arrow's C stream
// interface. No library of Arrow is needed: whoever has a struct ArrowArrayStream hands over its address.

using EmbedEngine.Interactions.Reading.Arrow;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Exchange;
using EmbedEngine.Pipelines.Import;

namespace EmbedEngine;

/// <content>Arrow streams in.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Imports events from an Arrow stream; all of them are in the store when this returns, or none. Columns
    /// are found by name as those of a file are; integers are keys, times are times, and a column of times
    /// that is one of integers is in seconds or milliseconds as <see cref="ImportOptions.TimeUnit"/> says or
    /// their size. The stream is held in memory while it is read.
    /// </summary>
    /// <param name="stream">Address of a <c>struct ArrowArrayStream</c>: it is taken over, and released when
    /// this returns or throws.</param>
    /// <param name="options">As of a file; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with nothing imported.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: the producer failed, a column
    /// is missing, or one is of a type that is not read; the message names it.</exception>
    public ImportReport ImportStream(
        nint stream, ImportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            options ??= new ImportOptions();
            options.Validate();
            _store.EnsureWritable();
            EventColumns columns =
                ArrowEvents.Read(stream, options, new ProgressScope(progress, cancellation));
            return Import(EventSource.Columns(columns), options, progress, cancellation);
        }
        finally
        {
            ArrowStream.Release(stream);
        }
    }

    /// <summary>
    /// Imports a catalogue from an Arrow stream, as <see cref="ImportCatalog"/> does from a file. Types are
    /// those of the columns: numbers and decimals, booleans, dates and timestamps, texts (also coded by a
    /// dictionary), and lists of them, which are tags; a column of vectors is left out with a warning. Null
    /// and NaN take the value away that an item has, an empty text says nothing. Rejected rows are named by
    /// their number, from 1.
    /// </summary>
    /// <param name="stream">Address of a <c>struct ArrowArrayStream</c>: it is taken over, and released when
    /// this returns or throws.</param>
    /// <param name="options">As of a file, the format apart; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with nothing changed.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: the producer failed, a column
    /// is of a type that is not read, or the catalogue's attribute is of another type; the message names
    /// it.</exception>
    public CatalogReport ImportCatalogStream(
        nint stream, CatalogOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return CatalogImport.Run(
                _store, _attributes, stream, options ?? new CatalogOptions(),
                new ProgressScope(progress, cancellation));
        }
        finally
        {
            ArrowStream.Release(stream);
        }
    }

    /// <summary>
    /// Imports vectors from an Arrow stream, as <see cref="ImportVectors(string, VectorImportOptions,
    /// ProgressHandler?, CancellationToken)"/> does from a file: a column of keys and one of lists of
    /// numbers, of one length or not (a row of another length is rejected).
    /// </summary>
    /// <param name="stream">Address of a <c>struct ArrowArrayStream</c>: it is taken over, and released when
    /// this returns or throws.</param>
    /// <param name="options">The space's name, the columns, limits.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with the store as it was.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.BadInput"/>: the producer failed, a column is missing or of a type that is not
    /// read, or too many rows are bad; nothing was published.
    /// <see cref="ErrorCode.NoModel"/>: there is no version yet.
    /// </exception>
    public VectorImportReport ImportVectorsStream(
        nint stream, VectorImportOptions options, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentNullException.ThrowIfNull(options);
            return ImportVectors(
                "(arrow)", options,
                (rows, scope) => ArrowVectors.Read(stream, options.Item, options.VectorsColumn, rows, scope),
                progress, cancellation);
        }
        finally
        {
            ArrowStream.Release(stream);
        }
    }
}
