// Evaluation input: prefixes with one target, or whole sessions. Item keys stay keys: a dictionary of their own.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>Test sessions as flat arrays. Items and users are ordinals in the case file's own dictionaries.</summary>
internal sealed class TestCases
{
    /// <summary>Keys of the items named in the file, also those no store knows.</summary>
    public required KeyDictionary ItemKeys { get; init; }

    /// <summary>Keys of the users named in the file.</summary>
    public required KeyDictionary UserKeys { get; init; }

    public int Count => Users.Length;

    /// <summary>cases + 1 offsets into the event arrays.</summary>
    public required long[] Offsets { get; init; }

    /// <summary>Ordinals in <see cref="ItemKeys"/>.</summary>
    public required int[] Items { get; init; }

    /// <summary><see cref="LogEvent.NoTime"/> = none.</summary>
    public required long[] TimesMs { get; init; }

    public required byte[] Actions { get; init; }

    /// <summary>Ordinals in <see cref="UserKeys"/>, −1 = not known.</summary>
    public required int[] Users { get; init; }

    /// <summary>The next item of each case as ordinal in <see cref="ItemKeys"/>; null where the cases are whole sessions.</summary>
    public int[]? Targets { get; init; }

    /// <summary>Cases of one session share a number (0 … ClusterCount − 1), for cluster-robust intervals.</summary>
    public required int[] Clusters { get; init; }

    public int ClusterCount { get; init; }

    /// <summary>Session key of each case, or its ordinal in <see cref="SessionTexts"/>.</summary>
    public required long[] SessionIds { get; init; }

    /// <summary>The text keys; null where session keys are int64.</summary>
    public KeyDictionary? SessionTexts { get; init; }

    public bool HasTimes { get; init; }

    public long Rejected { get; init; }

    public IReadOnlyList<RejectedRow> FirstErrors { get; init; } = [];

    /// <summary>Reads a test file. Sessions shorter than MinSession are left out of whole-session cases.</summary>
    public static TestCases Read(
        EventSource source, ImportOptions options, ActionTable actions, FileSystem fs, string tempDirectory,
        ProgressScope progress) =>
        throw new NotImplementedException($"{source}{options}{actions}{fs}{tempDirectory}{progress}");
}
