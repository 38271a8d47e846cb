using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>The catalogue as a bundle took it along: it never changes.</summary>
internal sealed class BundledAttributes(AttributeFile file) : IAttributeSource
{
    private readonly AttributeSnapshot _attributes = AttributeSnapshot.Of(file);

    public AttributeSnapshot Require() => _attributes;

    /// <summary>That of a bundle; null where it has none.</summary>
    public static BundledAttributes? Open(BundleFileSystem bundle, VerifyLevel verify)
    {
        string path = Path.Combine(bundle.Path, AttributeFile.BundledName);
        return bundle.FileExists(path)
            ? new BundledAttributes(AttributeFile.Open(bundle, path, verify)) : null;
    }
}
