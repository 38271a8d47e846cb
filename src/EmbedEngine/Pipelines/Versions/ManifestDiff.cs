using System.Globalization;
using System.Text.Json;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>Compares manifests value by value.</summary>
internal static class ManifestDiff
{
    /// <summary>Differences in the order of the first manifest, then what only the second has.</summary>
    public static List<ManifestDifference> Compare(string a, string b)
    {
        Dictionary<string, string> left = Flatten(a);
        Dictionary<string, string> right = Flatten(b);
        var differences = new List<ManifestDifference>();
        foreach ((string key, string value) in left)
        {
            string? other = right.GetValueOrDefault(key);
            if (other != value) differences.Add(new ManifestDifference(key, value, other));
        }
        foreach ((string key, string value) in right)
        {
            if (!left.ContainsKey(key)) differences.Add(new ManifestDifference(key, null, value));
        }
        return differences;
    }

    private static Dictionary<string, string> Flatten(string manifest)
    {
        using JsonDocument document = JsonDocument.Parse(manifest);
        var flat = new Dictionary<string, string>();
        Flatten("", document.RootElement, flat);
        return flat;
    }

    private static void Flatten(string path, JsonElement element, Dictionary<string, string> flat)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty p in element.EnumerateObject())
                Flatten(path.Length == 0 ? p.Name : $"{path}.{p.Name}", p.Value, flat);
            return;
        }
        bool objects = element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0
            && element[0].ValueKind == JsonValueKind.Object;
        if (!objects)
        {
            flat[path] = element.GetRawText();
            return;
        }
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            // Things with names are compared by name, whatever their place in the list.
            string name = item.TryGetProperty(Manifest.Key.Name, out JsonElement n)
                || item.TryGetProperty(Manifest.Key.File, out n)
                ? n.ToString() : index.ToString(CultureInfo.InvariantCulture);
            Flatten($"{path}.{name}", item, flat);
            index++;
        }
    }
}
