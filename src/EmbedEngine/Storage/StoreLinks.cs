namespace EmbedEngine.Storage;

/// <summary>
/// Refuses links inside a store. Through one the engine would write, lock or remove what is not the store's;
/// who wants a store on another disk links the directory of the store itself.
/// </summary>
internal static class StoreLinks
{
    /// <summary>Whether a name is a symbolic link, wherever it leads; false where there is nothing.</summary>
    public static bool IsLink(string path)
    {
        try
        {
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Throws where one of the paths is a link.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names it.</exception>
    public static void Refuse(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            if (!IsLink(path)) continue;
            throw new EmbedEngineException(
                ErrorCode.Corrupt,
                $"{path}: is a symbolic link; the parts of a store are its own files and folders, so that "
                + "nothing outside it is ever changed. Put the whole store where the link leads and link "
                + "its directory instead");
        }
    }
}
