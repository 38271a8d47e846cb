using System.Globalization;
using EmbedEngine.Storage;

namespace EmbedEngine;

/// <summary>The one door for a vector that comes as text: <c>search --vector</c> and whatever serves over a
/// wire.</summary>
public static class RequestVector
{
    /// <summary>Reads a vector.</summary>
    /// <param name="text">Numbers separated by commas, brackets around them do not matter; or the path of a
    /// .npy file of float32, float64 or uint8: a vector, or a matrix whose first row is meant.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: it is neither; the message
    /// names the number or the file.</exception>
    public static float[] Read(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)) return NpyFile.ReadVector(text);
        string[] parts = text.Trim(' ', '[', ']').Split(',', StringSplitOptions.TrimEntries);
        return Array.ConvertAll(parts, part =>
            float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float x)
                ? x : throw new EmbedEngineException(ErrorCode.BadInput, $"'{part}' is no number"));
    }
}
