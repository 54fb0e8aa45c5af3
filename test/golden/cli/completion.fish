# keelson completion fish, for ~/.config/fish/config.fish: keelson completion fish | source
function __keelson_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program keelson
    if string match -q '*/keelson' -- $words[1]; and command -q $words[1]
        set program $words[1]
    end
    set -e words[1]
    set -l lines ($program complete -- $words "$current" 2>/dev/null)
    set -l kind "$lines[1]"
    set -e lines[1]
    set -l option (string match -r -- '^--[^=]*=' "$current")
    set -l value (string replace -r -- '^--[^=]*=' '' "$current")
    switch "$kind"
        case values
            string join \n -- $lines
        case files
            string join \n -- "$option"(__fish_complete_path "$value")
        case folders
            string join \n -- "$option"(__fish_complete_directories "$value" '')
    end
end
complete -c keelson -f -k -a '(__keelson_complete)'
