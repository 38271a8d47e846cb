namespace EmbedEngine.Cli.Commands;

/// <summary>Names of file formats on the command line.</summary>
internal static class FileFormats
{
    public static VectorFormat Parse(string name) => name switch
    {
        "auto" => VectorFormat.Auto,
        "npy" => VectorFormat.Npy,
        "w2v" => VectorFormat.Word2Vec,
        "jsonl" => VectorFormat.JsonLines,
        "csv" => VectorFormat.Csv,
        "json" => VectorFormat.Json,
        "safetensors" => VectorFormat.Safetensors,
        _ => throw new ArgumentException(
            $"--format '{name}' is not one of auto, npy, w2v, jsonl, csv, json, safetensors"),
    };
}
